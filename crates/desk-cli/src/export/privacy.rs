//! The key of `--hmac`, and what is said of it in the manifest.

use std::path::Path;

use ring::hmac;

use super::format::{Privacy, hex};
use crate::error::{Error, Exit, Result};

/// Bytes that a key has at least: fewer could be guessed from the hashes.
const SHORTEST: usize = 16;

impl Privacy {
    /// With the key of a file, if anything is to be hashed.
    pub(crate) fn new(drop: Vec<String>, hmac: Vec<String>, file: Option<&Path>) -> Result<Privacy> {
        let key = match (file, hmac.is_empty()) {
            (_, true) => None,
            (Some(file), false) => Some(key(file)?),
            (None, false) => {
                return Err(
                    Error::usage("--hmac needs a key").hint("give --hmac-key-file FILE, with 16 random bytes or more")
                );
            }
        };
        Ok(Privacy { drop, hmac, key })
    }

    /// What tells this key from others.
    pub(crate) fn key_id(&self) -> Option<String> {
        self.key.as_ref().map(|key| hex(hmac::sign(key, b"desk export: which key").as_ref().split_at(8).0))
    }
}

fn key(file: &Path) -> Result<hmac::Key> {
    let bytes = std::fs::read(file).map_err(|error| Error { exit: Exit::Usage, ..Error::io("read", file, &error) })?;
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    if bytes.len() < SHORTEST {
        let problem = format!("the key in {} has {} bytes; {SHORTEST} are the fewest", file.display(), bytes.len());
        return Err(Error::usage(problem).hint(format!("type `head -c 32 /dev/urandom > {}`", file.display())));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, bytes))
}
