"""Runs inside an environment with Label Studio: import tasks, accept every prediction, export the project as JSON.

``python tool_label_studio.py TASKS INTERFACE EXPORT DATA_FOLDER``
"""

import json
import os
import sys
from pathlib import Path

tasks, interface, export, folder = sys.argv[1:]
os.environ.update(DJANGO_SETTINGS_MODULE="core.settings.label_studio", DJANGO_DB="sqlite")
os.environ.update(LABEL_STUDIO_BASE_DATA_DIR=folder, COLLECT_ANALYTICS="0", LATEST_VERSION_CHECK="0", SENTRY_DSN="")

import django  # noqa: E402
import label_studio  # noqa: E402

sys.path.insert(0, os.path.dirname(label_studio.__file__))
django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)

from label_studio_sdk.label_interface import LabelInterface  # noqa: E402
from organizations.models import Organization  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402
from users.models import User  # noqa: E402


def posted(path: str, data: object) -> dict:
    response = client.post(path, data, format="json")
    assert response.status_code == 201, response.content
    return response.json()


user = User.objects.create_user(email="annotator@example.com", password="not a secret")
user.active_organization = Organization.create_organization(created_by=user, title="test")
user.save()
client = APIClient()
client.force_authenticate(user)
client.force_login(user)
config, rows = Path(interface).read_text(), json.loads(Path(tasks).read_text())
checker = LabelInterface(config)
checker.validate()
for row in rows:
    assert checker.validate_prediction(row["predictions"][0], return_errors=True) == []
project = posted("/api/projects/", {"title": "letters", "label_config": config})["id"]
made = posted(f"/api/projects/{project}/import?return_task_ids=true", rows)
assert made["prediction_count"] == len(rows)
for number in made["task_ids"]:
    (prediction,) = client.get(f"/api/tasks/{number}/").json()["predictions"]
    posted(f"/api/tasks/{number}/annotations/", {"result": prediction["result"]})
response = client.get(f"/api/projects/{project}/export?exportType=JSON")
assert response.status_code == 200
Path(export).write_bytes(b"".join(response.streaming_content) if response.streaming else response.content)
