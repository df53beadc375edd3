//! Sites by name: wherever a fault lists parties, `"site:east"` stands for all that stand there.

use serde_json::Value;

/// Puts the members of sites in the place of their names, under `faults`. A name that is not known
/// stays, and is told as a party that does not exist.
pub(super) fn spell_out(json: &mut Value) {
    let Some(sites) = json.pointer("/network/sites").filter(|sites| sites.is_object()) else {
        return;
    };
    let sites = sites.clone();
    if let Some(faults) = json.get_mut("faults") {
        spell_out_in(faults, &sites);
    }
}

fn spell_out_in(value: &mut Value, sites: &Value) {
    match value {
        Value::Array(list) if list.iter().any(|entry| members(entry, sites).is_some()) => {
            let one = |entry| members(&entry, sites).unwrap_or_else(|| vec![entry]);
            *list = std::mem::take(list).into_iter().flat_map(one).collect();
        }
        Value::Array(list) => list.iter_mut().for_each(|entry| spell_out_in(entry, sites)),
        Value::Object(fields) => fields.values_mut().for_each(|field| spell_out_in(field, sites)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Who stands at the site that an entry names, if it names one.
fn members(entry: &Value, sites: &Value) -> Option<Vec<Value>> {
    sites.get(entry.as_str()?.strip_prefix("site:")?)?.as_array().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sites_stand_for_their_members() {
        let sites = json!({ "sites": { "east": ["n0..n2", "c0"], "west": ["n3"] } });
        let mut scenario = json!({ "network": sites, "faults": [{ "flap": { "fault": {
            "partition": { "sides":
                [["site:east", "n5"], ["site:west"], ["site:north"]] } } } }] });
        spell_out(&mut scenario);
        let sides = scenario.pointer("/faults/0/flap/fault/partition/sides").unwrap();
        assert_eq!(*sides, json!([["n0..n2", "c0", "n5"], ["n3"], ["site:north"]]));
    }
}
