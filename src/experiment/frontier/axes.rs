//! The settings: every combination of the values of some fields.

/// A field and the values that it takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Axis {
    /// Dotted, as for `--set`.
    pub path: String,
    /// As for `--set`: JSON, or else text.
    pub values: Vec<String>,
}

/// One value for each axis, in the order of the axes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Setting {
    pub values: Vec<String>,
}

/// The quorum fields, which must fit each other.
const QUORUM: [&str; 3] = ["cluster.n", "cluster.r", "cluster.w"];

/// What is varied unless something else is said: every R and W up to N, sloppy and strict quorums,
/// versions by clocks and by time stamps, read repair on and off.
pub fn usual(n: u32) -> Vec<Axis> {
    let counts: Vec<String> = (1..=n).map(|count| count.to_string()).collect();
    let axis = |path: &str, values: &[&str]| Axis {
        path: path.to_string(),
        values: values.iter().map(|value| value.to_string()).collect(),
    };
    vec![
        Axis { path: QUORUM[1].to_string(), values: counts.clone() },
        Axis { path: QUORUM[2].to_string(), values: counts },
        axis("cluster.quorum", &["sloppy", "strict"]),
        axis("cluster.versioning", &["dotted", "last_write_wins"]),
        axis("cluster.read_repair", &["true", "false"]),
    ]
}

impl Axis {
    /// Reads `cluster.r=1,2,3`; commas inside brackets or quotes part nothing.
    pub fn parse(text: &str) -> Result<Axis, String> {
        let usage = "write PATH=VALUE,VALUE, as in cluster.r=1,2,3";
        let (path, values) = text.split_once('=').ok_or(usage)?;
        let values = parted(values);
        match path.trim().is_empty() || values.iter().any(String::is_empty) {
            true => Err(usage.to_string()),
            false => Ok(Axis { path: path.trim().to_string(), values }),
        }
    }
}

/// Cuts at commas outside of brackets and quotes.
fn parted(text: &str) -> Vec<String> {
    let (mut parts, mut depth, mut quoted) = (vec![String::new()], 0i32, false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            _other => {}
        }
        match letter {
            ',' if depth == 0 && !quoted => parts.push(String::new()),
            letter => parts.last_mut().expect("there is one").push(letter),
        }
    }
    parts.iter().map(|part| part.trim().to_string()).collect()
}

/// Puts an axis in the place of one with the same path, or at the end.
pub fn put(axes: &mut Vec<Axis>, axis: Axis) {
    match axes.iter_mut().find(|old| old.path == axis.path) {
        Some(old) => *old = axis,
        None => axes.push(axis),
    }
}

/// All combinations, the last axis fastest, without those in which more nodes are asked than
/// there are copies; `n` is the scenario's.
pub fn settings(axes: &[Axis], n: u32) -> Vec<Setting> {
    let mut all = vec![Setting { values: Vec::new() }];
    for axis in axes {
        let longer = |setting: &Setting| -> Vec<Setting> {
            let with = |value: &String| {
                let values = setting.values.iter().chain([value]).cloned().collect();
                Setting { values }
            };
            axis.values.iter().map(with).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.retain(|setting| {
        let count = |path| setting.value(axes, path).and_then(|value| value.parse::<u32>().ok());
        let n = count(QUORUM[0]).unwrap_or(n);
        QUORUM[1..].iter().all(|path| count(path).is_none_or(|asked| asked <= n))
    });
    all
}

impl Setting {
    /// The value on one axis.
    pub fn value<'s>(&'s self, axes: &[Axis], path: &str) -> Option<&'s str> {
        let place = axes.iter().position(|axis| axis.path == path)?;
        self.values.get(place).map(String::as_str)
    }

    /// As `--set` would have it.
    pub fn overrides(&self, axes: &[Axis]) -> Vec<String> {
        let each = axes.iter().zip(&self.values);
        each.map(|(axis, value)| format!("{}={value}", axis.path)).collect()
    }

    /// A short name, of the axes that vary.
    pub fn name(&self, axes: &[Axis]) -> String {
        let vary = axes.iter().zip(&self.values).filter(|(axis, _)| axis.values.len() > 1);
        let names: Vec<String> = vary.map(|(axis, value)| short(&axis.path, value)).collect();
        if names.is_empty() { "the scenario".to_string() } else { names.join(" ") }
    }
}

/// A value in a few letters.
pub fn short(path: &str, value: &str) -> String {
    match (path, value) {
        ("cluster.n", count) => format!("N{count}"),
        ("cluster.r", count) => format!("R{count}"),
        ("cluster.w", count) => format!("W{count}"),
        ("cluster.quorum", kind) => kind.to_string(),
        ("cluster.versioning", "last_write_wins") => "lww".to_string(),
        ("cluster.versioning", kind) => kind.to_string(),
        ("cluster.read_repair", "true") => "repair".to_string(),
        ("cluster.read_repair", "false") => "no-repair".to_string(),
        (path, value) => format!("{}={value}", path.rsplit('.').next().unwrap_or(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_all_combinations_that_fit() {
        let mut axes = usual(3);
        assert_eq!(settings(&axes, 3).len(), 9 * 8);
        put(&mut axes, Axis::parse("cluster.versioning=dotted").unwrap());
        put(&mut axes, Axis::parse("cluster.n=2, 3").unwrap());
        let all = settings(&axes, 3);
        assert_eq!(all.len(), (4 + 9) * 4);
        assert_eq!(all[0].name(&axes), "R1 W1 sloppy repair N2");
        assert_eq!(all[0].overrides(&axes)[3], "cluster.versioning=dotted");
    }

    #[test]
    fn commas_inside_brackets_part_nothing() {
        let axis = Axis::parse(r#"a.b={"c":[1,2]},"x,y",3"#).unwrap();
        assert_eq!(axis.values, [r#"{"c":[1,2]}"#, r#""x,y""#, "3"]);
        for bad in ["a.b", "=1,2", "a.b=1,,2", "a.b="] {
            assert!(Axis::parse(bad).is_err(), "{bad}");
        }
    }
}
