"""The world of the stand-ins as plain data, and back: keyed maps, so that two can be compared."""

from base64 import b64decode, b64encode
from typing import Any

from tests.faults.rig import Rig

from slipway.adapters.kubernetes_inhabitants import ref_of
from slipway.adapters.memory.images import Image

World = dict[str, Any]


def described(rig: Rig) -> World:
    shared, objects = rig.images, rig.cluster._objects
    stored = shared.images._stored.values()
    applied = objects._applied.values()
    return {
        "images": {i.id: {"parent": i.parent or "", "labels": dict(i.labels)} for i in stored},
        "names": dict(shared.images._names),
        "manifests": {
            f"{repo}@{digest}": dict(m) for (repo, digest), m in shared.manifests.items()
        },
        "tags": {f"{repo}:{tag}": digest for (repo, tag), digest in shared.tags.items()},
        "objects": {str(ref_of(each)): each for each in objects},
        "applied": {str(ref_of(each)): each for each in applied},
        "workspace": {
            key: b64encode(rig.workspace.get(key)).decode() for key in rig.workspace.keys("")
        },
    }


def restored(rig: Rig, world: World) -> None:
    shared, objects = rig.images, rig.cluster._objects
    for image_id, image in world["images"].items():
        shared.images.put(Image(image_id, image["parent"] or None, image["labels"]))
    for name, image_id in world["names"].items():
        shared.images.tag(image_id, name)
    for key, labels in world["manifests"].items():
        repository, _, digest = key.partition("@")
        shared.manifests[repository, digest] = labels
    for key, digest in world["tags"].items():
        repository, _, tag = key.rpartition(":")
        shared.tags[repository, tag] = digest
    for manifest in world["objects"].values():
        objects._stored[ref_of(manifest)] = manifest
    for manifest in world["applied"].values():
        objects._applied[ref_of(manifest)] = manifest
    for key, body in world["workspace"].items():
        rig.workspace.put(key, b64decode(body))
