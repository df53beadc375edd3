//! Where faults are laid out, one after another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::faults::fault::Fault;
use crate::id::NodeId;
use crate::scenario::check::timelines::{What, happenings};
use crate::scenario::draw::part::{FORMS, Origin, Part, kind_of};
use crate::scenario::draw::settle::{Chosen, left_to_chance, settled};
use crate::scenario::draw::world::World;
use crate::scenario::path::Path;
use crate::scenario::problem::Problem;
use crate::time::Duration;

/// How often targets are drawn again that something else has stopped already.
const TRIES: u32 = 200;

/// What has been laid out so far.
pub(super) struct Desk {
    pub world: World,
    /// From when to when faults with names hold.
    pub named: BTreeMap<String, (Duration, Duration)>,
    /// Names of faults that could not be laid out.
    pub lost: BTreeSet<String>,
    /// When nodes stop or stand still, and until when.
    stops: BTreeMap<NodeId, Vec<(Duration, Duration)>>,
    pub chosen: Vec<Chosen>,
    pub problems: Vec<Problem>,
}

impl Desk {
    /// An empty one.
    pub fn new(world: World) -> Desk {
        let (named, stops, lost) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Desk { world, named, lost, stops, chosen: Vec::new(), problems: Vec::new() }
    }

    /// Lays all faults out, in their order. Those that leave nothing open come first, so that
    /// luck can keep out of their way.
    pub fn lay_all(&mut self, parts: &[Part]) -> Vec<Part> {
        let open = |part: &Part| left_to_chance(&part.json) || is_form(&part.json);
        let mut laid: Vec<Vec<Part>> = vec![Vec::new(); parts.len()];
        for later in [false, true] {
            for (part, laid) in parts.iter().zip(&mut laid).filter(|(part, _)| open(part) == later)
            {
                *laid = self.lay(part);
            }
        }
        laid.concat()
    }

    /// Lays one fault out.
    pub fn lay(&mut self, part: &Part) -> Vec<Part> {
        let told = self.problems.len();
        let laid = match kind_of(&part.json) {
            Some(("random", settings)) => self.draw(part, settings),
            Some(("after", settings)) => self.after(part, settings),
            Some(("during", settings)) => self.during(part, settings),
            Some(("named", settings)) if is_form(&part.json) => self.lay_named(part, settings),
            Some(_) | None => self.settle(part).into_iter().collect(),
        };
        if let (Some(("named", settings)), true) = (kind_of(&part.json), self.problems.len() > told)
        {
            self.lost.extend(settings["name"].as_str().map(str::to_string));
        }
        laid
    }

    fn lay_named(&mut self, part: &Part, settings: &Value) -> Vec<Part> {
        let Some(name) = settings["name"].as_str() else {
            let message = "`name` is missing, or no text; it has no default";
            self.problems.push(part.problem(&Path::from("named"), message));
            return Vec::new();
        };
        let origin = Origin::exact(part.origin.place(&Path::from("named.fault")));
        let inner = Part { json: settings["fault"].clone(), origin, key: part.key.clone() };
        let laid = self.lay(&inner.optional_like(part));
        let named: Vec<Part> = laid.into_iter().map(|part| part.named(name)).collect();
        named.iter().for_each(|part| self.register_name(part));
        named
    }

    /// Whom it is done to, and then what it is.
    fn settle(&mut self, part: &Part) -> Option<Part> {
        if let Some(inside) = form_inside(&part.json, &Path::root()) {
            let message = "this becomes others before the run: it can stand in `named`, and in the \
                           list itself";
            self.problems.push(part.problem(&inside, message));
            return None;
        }
        let tries = if left_to_chance(&part.json) { TRIES } else { 1 };
        let mut found = None;
        for again in 0..tries {
            let (chosen, told) = (self.chosen.len(), self.problems.len());
            let key = format!("{} {again}", part.key);
            found = self.settle_once(part, &key);
            let wrong = self.problems.len() > told;
            if wrong || again + 1 == tries || !found.as_ref().is_some_and(|f| self.contradicts(f)) {
                break;
            }
            self.chosen.truncate(chosen);
        }
        found.inspect(|part| self.register(part))
    }

    /// Draws once; a problem if that cannot be.
    pub fn settle_once(&mut self, part: &Part, key: &str) -> Option<Part> {
        match settled(&self.world, &part.json, key) {
            Ok((json, chosen)) => {
                let place =
                    |chosen: Chosen| Chosen { path: part.origin.place(&chosen.path), ..chosen };
                if part.origin.exact {
                    self.chosen.extend(chosen.into_iter().map(place));
                }
                Some(Part { json, ..part.clone() })
            }
            Err(wrong) => {
                let problem = |(path, message): (Path, String)| part.problem(&path, message);
                self.problems.extend(wrong.into_iter().map(problem));
                None
            }
        }
    }

    /// Remembers what a fault does, for those that come after it.
    pub fn register(&mut self, part: &Part) {
        for (node, from, to) in self.stops_of(part) {
            self.stops.entry(node).or_default().push((from, to));
        }
        self.register_name(part);
    }

    fn register_name(&mut self, part: &Part) {
        let mut fault = &part.json;
        while let Some(("named", settings)) = kind_of(fault) {
            if let (Some(name), Some((from, to))) = (settings["name"].as_str(), self.window(part)) {
                let window = self.named.entry(name.to_string()).or_insert((from, to));
                *window = (window.0.min(from), window.1.max(to));
            }
            fault = &settings["fault"];
        }
    }

    /// Would it stop somebody who is stopped already?
    pub fn contradicts(&self, part: &Part) -> bool {
        self.stops_of(part).iter().any(|(node, from, to)| {
            let stops = self.stops.get(node).into_iter().flatten();
            stops.into_iter().any(|(began, ended)| began <= to && from <= ended)
        })
    }

    fn stops_of(&self, part: &Part) -> Vec<(NodeId, Duration, Duration)> {
        let Ok(fault) = serde_json::from_value::<Fault>(part.json.clone()) else {
            return Vec::new();
        };
        let faults = crate::faults::composed::laid_out(&[fault]);
        let stop = |(node, at, what)| match what {
            What::Stop { until } => (node, at, until.unwrap_or(self.world.duration())),
            What::Restart => (node, at, at),
            What::Pause { until } => (node, at, until),
        };
        faults.iter().flat_map(|fault| happenings(&fault.what)).map(stop).collect()
    }
}

/// Does a fault become others, be it under a name?
pub(super) fn is_form(fault: &Value) -> bool {
    match kind_of(fault) {
        Some(("named", settings)) => settings.get("fault").is_some_and(is_form),
        Some((kind, _)) => FORMS.contains(&kind),
        None => false,
    }
}

/// Where something stands that becomes others, and cannot there.
fn form_inside(fault: &Value, path: &Path) -> Option<Path> {
    let (kind, settings) = kind_of(fault)?;
    let here = path.name(kind);
    if FORMS.contains(&kind) {
        return Some(here);
    }
    form_inside(settings.get("fault")?, &here.name("fault"))
}
