"""The copy that a workflow keeps of what was sent."""

from pathlib import Path

from slipway.containerize.archive import pack_copy, unpack


def test_a_file_that_is_ignored_and_was_sent_all_the_same_stays(tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    for folder in (source / "dist", source / ".git", copy):
        folder.mkdir(parents=True)
    (source / ".gitignore").write_text("dist/\n")
    (source / "dist" / "app.js").write_text("serve()")
    (source / ".git" / "HEAD").write_text("ref: refs/heads/main")

    pack_copy(source, tmp_path / "copy.tar.gz")
    unpack(tmp_path / "copy.tar.gz", copy)

    assert (copy / "dist" / "app.js").read_text() == "serve()"
    assert not (copy / ".git").exists()
