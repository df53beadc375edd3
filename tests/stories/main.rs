//! Stories: the protocol told in commands and what follows from them.
//!
//! Each file under a part's folder is one claim about that part, which its name makes. Blocks of
//! commands stand above `---`, what happened below it; `#` begins a comment. The nodes are the real
//! ones, and there is no simulator: nothing is delivered, no time passes and no disk works unless
//! the story says so. `UPDATE=1 cargo test --test stories` writes anew what happens.
//!
//! The commands are listed in `script.rs`, the way events are spelt in `print.rs`.

mod print;
mod script;
mod world;

use std::path::{Path, PathBuf};

fn stories_of(part: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories").join(part);
    let entries = std::fs::read_dir(&folder).expect("each part has a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    files
}

fn check_part(part: &str) {
    for path in stories_of(part) {
        let written = std::fs::read_to_string(&path).expect("a story is text");
        let told = script::tell(&written);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &told).expect("the story can be written");
        } else {
            let expected = snapbox::Data::text(written).raw();
            snapbox::assert_data_eq!(snapbox::Data::text(told).raw(), expected);
        }
    }
}

#[test]
fn coordination() {
    check_part("coordination");
}

#[test]
fn handoff() {
    check_part("handoff");
}

#[test]
fn anti_entropy() {
    check_part("anti_entropy");
}

#[test]
fn membership() {
    check_part("membership");
}

#[test]
fn storage() {
    check_part("storage");
}
