//! Output files that appear whole or not at all.

use anyhow::{Context, Result};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A file under construction: it grows beside its place and takes it at the end, so that a failure leaves the old file as it
/// was. A link stays a link, to the new content; what is no file (a pipe, a device) is written to directly.
pub struct WholeFile {
    /// Where it grows; `None` where it is written to directly.
    part: Option<PathBuf>,
    path: PathBuf,
    out: BufWriter<File>,
}

impl WholeFile {
    /// `private`: for the owner's eyes only (on Unix).
    ///
    /// # Errors
    /// The folder or the file cannot be written to.
    pub fn create(path: &Path, private: bool) -> Result<Self> {
        let created = || -> io::Result<Self> {
            // Of a link, what it leads to.
            let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            if fs::metadata(&path).is_ok_and(|it| !it.is_file()) {
                let out = BufWriter::new(OpenOptions::new().write(true).open(&path)?);
                return Ok(Self { part: None, path, out });
            }
            let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
            name.push(format!(".{}.part", std::process::id()));
            let part = path.with_file_name(name);
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, if private { 0o600 } else { 0o666 });
            let out = BufWriter::new(options.open(&part)?);
            Ok(Self { part: Some(part), path, out })
        };
        created().with_context(|| format!("cannot write {}", path.display()))
    }

    /// For writers that open the file themselves.
    #[must_use]
    pub fn growing(&self) -> &Path {
        self.part.as_deref().unwrap_or(&self.path)
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// The disk is full, say; then the old file is still there.
    pub fn finish(mut self) -> Result<()> {
        let finished = (|| {
            self.out.flush()?;
            if let Some(part) = &self.part {
                self.out.get_ref().sync_all()?;
                fs::rename(part, &self.path)?;
            }
            io::Result::Ok(())
        })();
        finished.with_context(|| format!("cannot write {}", self.path.display()))?;
        self.part = None;
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // What is left of the attempt is of no use; the error that counts was told already.
            let _ = fs::remove_file(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_finished_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut file = WholeFile::create(&path, false).unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut file = WholeFile::create(&path, false).unwrap();
        file.write_all(b"new").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(WholeFile::create(&folder.path().join("no/such/folder"), false).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_devices_devices_and_private_files_private() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        let mut file = WholeFile::create(&link, true).unwrap();
        file.write_all(b"new").unwrap();
        file.finish().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        let mut null = WholeFile::create(Path::new("/dev/null"), true).unwrap();
        null.write_all(b"gone").unwrap();
        null.finish().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
