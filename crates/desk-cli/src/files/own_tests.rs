//! Only a user's own file is opened, and no existing file is created.

use std::fs::{OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use super::{check_own, create_own, failed, open_own};
use crate::error::{Error, Exit};

fn open(path: &Path) -> Result<(), Error> {
    let opened = open_own(path, OpenOptions::new().read(true));
    opened.map(drop).map_err(|error| failed("open", path, &error))
}

fn is_refused(path: &Path, words: &str) {
    let error = open(path).unwrap_err();
    assert!(error.exit == Exit::Integrity && error.message().contains(words), "{}", error.message());
    assert!(error.hint.is_some());
}

#[test]
fn a_file_that_is_there_is_not_created() {
    let dir = tempfile::tempdir().unwrap();
    let (own, link, target) = (dir.path().join("own"), dir.path().join("link"), dir.path().join("target"));
    create_own(&own).unwrap();
    assert_eq!(std::fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o600);
    symlink(&target, &link).unwrap();
    for taken in [&own, &link] {
        assert_eq!(create_own(taken).unwrap_err().kind(), ErrorKind::AlreadyExists);
    }
    assert!(!target.exists());
}

#[test]
fn only_a_file_that_no_other_user_can_have_written_is_opened() {
    let top = tempfile::tempdir().unwrap();
    let dir = tempfile::tempdir_in(top.path()).unwrap();
    let (own, link) = (dir.path().join("own"), dir.path().join("link"));
    drop(create_own(&own).unwrap());
    symlink(&own, &link).unwrap();
    is_refused(&link, "link is a symbolic link");
    assert!(check_own(&link).is_err());
    is_refused(dir.path(), "is not a regular file");
    assert!(!check_own(&dir.path().join("none")).unwrap());
    for (mode, fine) in [(0o600, true), (0o664, true), (0o444, true), (0o666, false)] {
        std::fs::set_permissions(&own, Permissions::from_mode(mode)).unwrap();
        assert_eq!((open(&own).is_ok(), check_own(&own).is_ok()), (fine, fine), "{mode:o}");
    }
    std::fs::set_permissions(&own, Permissions::from_mode(0o600)).unwrap();
    // Only root can give a file away.
    if rustix::process::geteuid().is_root() {
        chown(&own, Some(65534), None).unwrap();
        is_refused(&own, "own belongs to user 65534, not to user 0");
        chown(dir.path(), Some(65534), None).unwrap();
        open(&own).unwrap();
        std::fs::set_permissions(top.path(), Permissions::from_mode(0o1777)).unwrap();
        is_refused(&own, "own belongs to user 65534");
        std::fs::set_permissions(top.path(), Permissions::from_mode(0o700)).unwrap();
        std::fs::set_permissions(dir.path(), Permissions::from_mode(0o1777)).unwrap();
        is_refused(&own, "own belongs to user 65534");
    }
}
