//! Files that appear whole or not at all: written beside their place, synced, then renamed.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::exit::Failure;

/// A folder for the files of one run.
pub struct Folder {
    path: PathBuf,
}

/// A file under way. Dropped before [`Draft::keep`], it leaves nothing behind.
pub struct Draft {
    file: BufWriter<NamedTempFile>,
    place: PathBuf,
}

impl Folder {
    /// The folder, made if need be.
    pub fn make(path: &Path) -> Result<Folder, Failure> {
        std::fs::create_dir_all(path).map_err(|error| cannot("make the folder", path, &error))?;
        Ok(Folder { path: path.to_path_buf() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a whole file.
    pub fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), Failure> {
        let mut draft = self.draft(name)?;
        let written = draft.file.write_all(bytes);
        written.map_err(|error| cannot("write", &draft.place, &error))?;
        draft.keep()
    }

    /// Writes a whole file where there is none; false if there is one, which stays as it is.
    pub fn write_new(&self, name: &str, bytes: &[u8]) -> Result<bool, Failure> {
        let mut draft = self.draft(name)?;
        let written = draft.file.write_all(bytes);
        written.map_err(|error| cannot("write", &draft.place, &error))?;
        draft.keep_new()
    }

    /// Begins a file that is written bit by bit. `name` may lie in a folder below.
    pub fn draft(&self, name: impl AsRef<Path>) -> Result<Draft, Failure> {
        let place = self.path.join(name.as_ref());
        let folder = place.parent().unwrap_or(&self.path);
        std::fs::create_dir_all(folder).map_err(|e| cannot("make the folder", folder, &e))?;
        let mut builder = tempfile::Builder::new();
        let file = builder.prefix(".partial-").tempfile_in(folder);
        let file = file.map_err(|error| cannot("write to the folder", folder, &error))?;
        Ok(Draft { file: BufWriter::with_capacity(1 << 16, file), place })
    }

    /// Removes a file of an earlier run that this one does not write, so that all files in the
    /// folder are of one run.
    pub fn remove(&self, name: &str) -> Result<(), Failure> {
        let place = self.path.join(name);
        match std::fs::remove_file(&place) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(cannot("remove", &place, &error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl Draft {
    /// Puts the file in its place.
    pub fn keep(self) -> Result<(), Failure> {
        let (file, place) = self.finished()?;
        let kept = file.persist(&place);
        kept.map(|_| ()).map_err(|error| cannot("write", &place, &error.error))
    }

    /// Puts the file in its place unless another is there; tells whether it did.
    fn keep_new(self) -> Result<bool, Failure> {
        let (file, place) = self.finished()?;
        match file.persist_noclobber(&place) {
            Ok(_) => Ok(true),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(cannot("write", &place, &error.error)),
        }
    }

    /// The file with all its bytes on the disk, and where it goes.
    fn finished(self) -> Result<(NamedTempFile, PathBuf), Failure> {
        let Draft { file, place } = self;
        let finished = (|| {
            let file = file.into_inner().map_err(|error| error.into_error())?;
            readable(file.as_file())?;
            file.as_file().sync_all()?;
            Ok(file)
        })();
        let finished = finished.map_err(|error| cannot("write", &place, &error))?;
        Ok((finished, place))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Temporary files are for their owner only; results are for everybody whom the folder lets in.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Environment(format!("cannot {what} {}: {error}", path.display()))
}
