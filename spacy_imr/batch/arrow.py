"""Records as Arrow tables. Needs the extra ``parquet`` (pyarrow)."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import pyarrow
from pydantic import BaseModel

_PLAIN: Final = {
    str: pyarrow.string(),
    int: pyarrow.int64(),
    float: pyarrow.float64(),
    bool: pyarrow.bool_(),
}


def arrow_schema(model: type[BaseModel], **metadata: str) -> pyarrow.Schema:
    """The Arrow schema of a record: its fields in order, nested as they are; `metadata` is kept in the files."""
    return pyarrow.schema(list(_fields(model)), metadata=metadata)


def _fields(model: type[BaseModel]) -> list[pyarrow.Field]:
    return [pyarrow.field(name, arrow_type(field.annotation)) for name, field in model.model_fields.items()]


def arrow_type(annotation: Any) -> pyarrow.DataType:
    """The Arrow type of a field's type. Raises `TypeError` for one that records do not use."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return pyarrow.struct(_fields(annotation))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        (some,) = (argument for argument in arguments if argument is not NoneType)
        return arrow_type(some)
    if origin is Literal:
        (kind,) = {type(argument) for argument in arguments}
        return _PLAIN[kind]
    if origin is list:
        return pyarrow.list_(arrow_type(arguments[0]))
    if origin is dict:
        return pyarrow.map_(arrow_type(arguments[0]), arrow_type(arguments[1]))
    raise TypeError(f"no Arrow type for {annotation!r}")
