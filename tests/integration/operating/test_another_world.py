"""The settings name another cluster now: what was deployed before is told, and left as it is."""

import json
from pathlib import Path

from tests.integration.operating.desk import Desk, View, operating, refused


def cluster(folder: Path, name: str) -> str:
    """A kubeconfig: of this cluster only the address is read, a stand-in serves."""
    path = folder / name
    named = {"name": name, "cluster": {"server": f"https://{name}.example:6443"}}
    context = {"name": name, "context": {"cluster": name, "user": name}}
    user = {"name": name, "user": {"token": "t"}}
    parts = {"clusters": [named], "contexts": [context], "users": [user]}
    path.write_text(json.dumps({"current-context": name, **parts}))
    return str(path)


def roll_back(desk: Desk, view: View) -> str:
    return refused(lambda: desk.post(f"/workflows/{view['workflow_id']}/rollback"))


def test_it_is_rolled_back_in_its_own_world_alone(tmp_path: Path) -> None:
    state, blue, green = tmp_path / "state", cluster(tmp_path, "blue"), cluster(tmp_path, "green")
    with operating(state, kubeconfig=blue) as desk:
        first = desk.run("shop")
        assert first["status"] == "COMPLETED"
        assert first["world"]["cluster"] == "https://blue.example:6443"

    with operating(state, kubeconfig=green) as desk:
        (listed,) = desk.client.get("/workflows")["items"]
        assert (listed["workflow_id"], listed["status"]) == (first["workflow_id"], "COMPLETED")
        planned = desk.client.get(f"/workflows/{first['workflow_id']}/undo-plan")
        assert not planned["possible"]
        assert "https://blue.example:6443" in planned["reason"]
        assert roll_back(desk, first) == "other_world"
        assert desk.run("shop")["status"] == "COMPLETED"  # of the same name, and not the same

    again = cluster(tmp_path, "blue")
    Path(again).rename(tmp_path / "moved")
    with operating(state, kubeconfig=str(tmp_path / "moved")) as desk:
        assert roll_back(desk, first) == "accepted"
        assert desk.end(first["workflow_id"])["status"] == "COMPENSATED"
