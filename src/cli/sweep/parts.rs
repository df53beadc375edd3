//! The names of the files of a sweep.
//!
//! | file | what it is |
//! |---|---|
//! | `plan-PLAN.json` | the plan; all who work on it write the same bytes |
//! | `part-PLAN-K-of-N.jsonl` | a part, whole: its rows in their order |
//! | `part-PLAN-K-of-N.jsonl.partial-RANDOM` | the rows of one attempt, as they came |

use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::report::sweep::plan::{Plan, Shard};

/// A file with rows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Part {
    /// The first digits of the plan.
    pub plan: String,
    pub shard: Shard,
    /// Is it the file of an attempt, and not the part itself?
    pub partial: bool,
    pub path: PathBuf,
}

/// What stands between the name of a part and what is drawn for an attempt.
const ATTEMPT: &str = ".partial-";

/// The file of a plan.
pub fn plan_name(plan: &Plan) -> String {
    format!("plan-{}.json", plan.short())
}

/// The file of a whole part.
pub fn part_name(plan: &Plan, shard: Shard) -> String {
    format!("part-{}-{}-of-{}.jsonl", plan.short(), shard.number, shard.of)
}

/// What the names of all attempts at a part begin with.
pub fn attempt_prefix(plan: &Plan, shard: Shard) -> String {
    part_name(plan, shard) + ATTEMPT
}

impl Part {
    fn parse(path: &Path) -> Option<Part> {
        let name = path.file_name()?.to_str()?.strip_prefix("part-")?;
        let (whole, partial) = match name.split_once(ATTEMPT) {
            Some((whole, _)) => (whole, true),
            None => (name, false),
        };
        let (plan, shard) = whole.strip_suffix(".jsonl")?.split_once('-')?;
        let shard = Shard::parse(&shard.replacen("-of-", "/", 1)).ok()?;
        Some(Part { plan: plan.to_string(), shard, partial, path: path.to_path_buf() })
    }
}

/// All files of a folder, in the order of their names.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::Environment(format!("cannot read the folder {}: {error}", folder.display()))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        files.push(entry.map_err(cannot)?.path());
    }
    files.sort();
    Ok(files)
}

/// All files with rows in a folder: whole parts first.
pub fn parts(folder: &Path) -> Result<Vec<Part>, Failure> {
    let mut parts: Vec<Part> = files(folder)?.iter().filter_map(|it| Part::parse(it)).collect();
    parts.sort_by(|a, b| (a.partial, &a.path).cmp(&(b.partial, &b.path)));
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read() {
        let part = |name: &str| Part::parse(&Path::new("a").join(name));
        let whole = part("part-0123abcd-3-of-8.jsonl").unwrap();
        assert_eq!((whole.plan.as_str(), whole.partial), ("0123abcd", false));
        assert_eq!(whole.shard, Shard { number: 3, of: 8 });
        assert!(part("part-0123abcd-3-of-8.jsonl.partial-x7").unwrap().partial);
        for name in ["plan-0123abcd.json", "part-0-9-of-8.jsonl", "part-0-1-of-8", ".partial-a"] {
            assert_eq!(part(name), None, "{name}");
        }
    }
}
