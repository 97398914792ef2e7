"""Runs inside an environment with doccano: import rows into a project of sequence labelling, export it as JSONL.

``python tool_doccano.py ROWS EXPORT DATA_FOLDER``
"""

import os
import sys
import zipfile
from pathlib import Path

rows, export, folder = sys.argv[1:]
os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.production", STANDALONE="True", SECRET_KEY="none")
os.environ.update(DOCCANO_HOME=folder, DATABASE_URL=f"sqlite:///{folder}/db.sqlite3", MEDIA_ROOT=f"{folder}/media")

import backend  # noqa: E402
import django  # noqa: E402

sys.path.insert(0, os.path.dirname(backend.__file__))
django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
call_command("create_roles")

from data_export.celery_tasks import export_dataset  # noqa: E402
from data_import.datasets import load_dataset  # noqa: E402
from data_import.pipeline.catalog import create_file_format  # noqa: E402
from data_import.pipeline.readers import FileName  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from projects.models import SequenceLabelingProject  # noqa: E402

user = get_user_model().objects.create_superuser("annotator", "annotator@example.com", "not a secret")
project = SequenceLabelingProject.objects.create(
    name="letters", description="", created_by=user, project_type="SequenceLabeling"
)
project.add_admin()
source = FileName(full_path=rows, generated_name=os.path.basename(rows), upload_name=os.path.basename(rows))
dataset = load_dataset(
    "SequenceLabeling", create_file_format("JSONL"), [source], project, column_data="text", column_label="label"
)
dataset.save(user)
assert dataset.errors == []
with zipfile.ZipFile(export_dataset(project.id, "JSONL", False)) as archive:
    (name,) = archive.namelist()
    Path(export).write_bytes(archive.read(name))
