//! The JSON schema of scenario files, for editors: they complete names, show what each field
//! means, and mark what does not fit as it is typed.
//!
//! It is made from the types of [`crate::scenario::spec::Scenario`] by the test below, so that
//! nothing of it weighs on a build, and checked in as `scenarios/schema.json`.

/// The schema, draft 2020-12.
pub const SCHEMA: &str = include_str!("../../scenarios/schema.json");

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use schemars::generate::SchemaSettings;
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use crate::faults::fault::{Fault, OPTIONAL};
    use crate::faults::spec::Spec;
    use crate::faults::target::Target;
    use crate::id::{NodeId, Span};
    use crate::network::published::MODELS;
    use crate::quantity::{Bytes, Rate};
    use crate::scenario::draw::patterns::Use;
    use crate::scenario::draw::random::Random;
    use crate::scenario::draw::related::{After, During};
    use crate::scenario::schema::SCHEMA;
    use crate::scenario::spec::Scenario;
    use crate::switch::Switch;
    use crate::time::Duration;
    use crate::time::signed::SignedDuration;
    use crate::workload::file::{File, Reference};
    use crate::workload::size::{Shape, Sizes};
    use crate::workload::spec::Mix;

    /// The schema of a type that is written as text.
    macro_rules! text_schema {
        ($type:ty, $description:literal, $pattern:expr, $examples:expr) => {
            impl JsonSchema for $type {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($type).into()
                }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    for example in $examples {
                        assert!(<$type>::parse(example).is_ok(), "{example}");
                    }
                    json_schema!({
                        "type": "string",
                        "description": $description,
                        "pattern": $pattern,
                        "examples": $examples,
                    })
                }
            }
        };
    }

    text_schema!(
        Duration,
        "A length of time: a number and its unit, which is ns, us, ms, s, m or h.",
        r"^[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h)$",
        ["150ms", "1.5s", "60s", "2m"]
    );
    text_schema!(
        SignedDuration,
        "A length of time, forward or back: a number and its unit, with a sign where it is back.",
        r"^-?[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h)$",
        ["150ms", "-150ms"]
    );
    text_schema!(
        Bytes,
        "A number of bytes and its unit, which is B, KiB, MiB or GiB.",
        r"^[0-9]+(\.[0-9]+)?(B|KiB|MiB|GiB)$",
        ["512B", "1KiB", "64KiB"]
    );
    text_schema!(
        Rate,
        "How often: a number and the time it counts in, /s, /m or /h.",
        r"^[0-9]*\.?[0-9]*/(s|m|h)$",
        ["20/s", "0.5/s", "90/m"]
    );
    text_schema!(
        NodeId,
        "One node, counted from n0; in faults also `random` and the like.",
        r"^(n(0|[1-9][0-9]*)|random|[0-9]+ of .+|group:.+|coordinator of .+|home .+|seed .+)$",
        ["n0", "n3"]
    );
    text_schema!(
        Target,
        "One node, counted from n0; in faults also `random`, `1 of` and whom to draw it from, or \
         what it is responsible for.",
        concat!(
            r"^(n(0|[1-9][0-9]*)|random|[0-9]+ of .+|site:.+|group:.+|coordinator of k[0-9]+",
            r"|home [0-9]+ of k[0-9]+|seed [0-9]+|next to join|holder of most hints)$"
        ),
        ["n0", "n3"]
    );
    text_schema!(
        Span,
        "A node, a client, or a range from low to high with both ends; in the lists of faults also \
         `site:` or `group:` and its name, so many drawn from others as in `2 of n0..n5`, `rest`, \
         or what they are responsible for.",
        concat!(
            r"^(n(0|[1-9][0-9]*)(\.\.n(0|[1-9][0-9]*))?",
            r"|c(0|[1-9][0-9]*)(\.\.c(0|[1-9][0-9]*))?",
            r"|site:.+|group:.+|random|rest|nodes|[0-9]+ of .+|coordinator of k[0-9]+",
            r"|homes? ([0-9]+ )?of k[0-9]+|seeds|seed [0-9]+)$"
        ),
        ["n3", "n0..n5", "c7", "c0..c9"]
    );

    impl<T: JsonSchema> JsonSchema for Switch<T> {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            format!("SwitchOf{}", T::schema_name()).into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let settings = generator.subschema_for::<T>();
            let switch = "`false` turns it off, `true` leaves it on with its defaults.";
            json_schema!({ "anyOf": [{ "type": "boolean", "description": switch }, settings] })
        }
    }

    impl JsonSchema for Sizes {
        fn schema_name() -> Cow<'static, str> {
            "Sizes".into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let [one, drawn] =
                [generator.subschema_for::<Bytes>(), generator.subschema_for::<Shape>()];
            let description = "One size, or how sizes are drawn.";
            json_schema!({ "description": description, "anyOf": [one, drawn] })
        }
    }

    impl JsonSchema for Fault {
        fn schema_name() -> Cow<'static, str> {
            "Fault".into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let mut schema = Spec::json_schema(generator).to_value();
            let forms = schema["oneOf"].as_array_mut().unwrap();
            forms.extend(form_schemas(generator));
            for choice in schema["oneOf"].as_array_mut().unwrap() {
                choice["properties"][OPTIONAL] = serde_json::json!({
                    "type": "boolean",
                    "default": false,
                    "description": "May it touch nothing? Then the run is not inconclusive.",
                });
            }
            schema.try_into().unwrap()
        }
    }

    /// Faults that become others before the run.
    fn form_schemas(generator: &mut SchemaGenerator) -> Vec<serde_json::Value> {
        let forms = [
            ("random", generator.subschema_for::<Random>(), "Faults drawn from the seed."),
            ("after", generator.subschema_for::<After>(), "A fault after another."),
            ("during", generator.subschema_for::<During>(), "A fault during another."),
            ("use", generator.subschema_for::<Use>(), "Faults from a pattern."),
        ];
        let choice = |(name, schema, description): (&str, Schema, &str)| {
            serde_json::json!({ "type": "object", "description": description,
                "properties": { name: schema.to_value() }, "required": [name],
                "additionalProperties": false })
        };
        forms.into_iter().map(choice).collect()
    }

    impl<T> JsonSchema for File<T> {
        fn schema_name() -> Cow<'static, str> {
            "File".into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let reference = generator.subschema_for::<Reference>();
            let name = json_schema!({
                "type": "string",
                "description": "Where the file lies, from the folder of the scenario.",
            });
            let description = "A file beside the scenario, by its name.";
            json_schema!({ "description": description, "anyOf": [name, reference] })
        }
    }

    /// Legs have names as well.
    fn allow_names_of_legs(schema: &mut serde_json::Value) {
        let delays = schema["$defs"]["Legs"].take();
        schema["$defs"]["Legs"] = serde_json::json!({ "anyOf": [delays, { "enum": MODELS }] });
    }

    /// Mixes have names as well.
    fn allow_names_of_mixes(schema: &mut serde_json::Value) {
        let weights = schema["$defs"]["Mix"].take();
        let names = ["ycsb_a", "ycsb_b", "ycsb_c", "ycsb_d", "ycsb_f"];
        names.iter().for_each(|name| assert!(Mix::named(name).is_ok(), "{name}"));
        schema["$defs"]["Mix"] = serde_json::json!({ "anyOf": [weights, { "enum": names }] });
    }

    /// `UPDATE=1 cargo test schema` writes it anew.
    #[test]
    fn the_schema_is_that_of_the_types() {
        let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        let schema = generator.into_root_schema_for::<Scenario>();
        let mut schema = schema.to_value();
        loosen(&mut schema);
        allow_names_of_mixes(&mut schema);
        allow_names_of_legs(&mut schema);
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE").is_some() {
            let place = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/schema.json");
            std::fs::write(place, &text).unwrap();
            return;
        }
        assert!(text == SCHEMA, "scenarios/schema.json is not that of the types; see this test");
    }

    /// A scenario that extends another need not say everything, and any value can be a variable.
    fn loosen(schema: &mut serde_json::Value) {
        allow_variables(schema);
        let required = schema.as_object_mut().unwrap().remove("required").unwrap();
        schema["if"] = serde_json::json!({ "not": { "required": ["extends"] } });
        schema["then"] = serde_json::json!({ "required": required });
        schema["$defs"]["Variable"] = serde_json::json!({
            "type": "string",
            "description": "One of the `variables` by its name.",
            "pattern": "^\\$[A-Za-z][A-Za-z0-9_-]*$",
            "examples": ["$half"],
        });
    }

    fn allow_variables(schema: &mut serde_json::Value) {
        match schema {
            serde_json::Value::Object(members) => {
                for (name, value) in members.iter_mut().filter(|(name, _)| *name != "default") {
                    allow_variables(value);
                    match value {
                        serde_json::Value::Object(fields) if name == "properties" => {
                            fields.values_mut().for_each(or_variable);
                        }
                        value if name == "items" && value.is_object() => or_variable(value),
                        _ => {}
                    }
                }
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(allow_variables),
            _ => {}
        }
    }

    /// A variable does as well; what describes the value stays outermost.
    fn or_variable(schema: &mut serde_json::Value) {
        let mut outer = serde_json::json!({});
        for name in ["description", "default"] {
            if let Some(value) = schema.as_object_mut().and_then(|members| members.remove(name)) {
                outer[name] = value;
            }
        }
        let variable = serde_json::json!({ "$ref": "#/$defs/Variable" });
        outer["anyOf"] = serde_json::json!([schema.take(), variable]);
        *schema = outer;
    }

    #[test]
    fn every_field_and_choice_says_what_it_means() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let mut silent = Vec::new();
        look_for_silence(&schema, "", &mut silent);
        assert_eq!(silent, Vec::<String>::new());
    }

    /// Collects the properties without a description. That of a choice stands beside them.
    fn look_for_silence(schema: &serde_json::Value, place: &str, silent: &mut Vec<String>) {
        let members = schema.as_object().into_iter().flatten();
        let entries = schema.as_array().into_iter().flatten().map(|value| ("", value));
        for (name, value) in members.map(|(name, value)| (name.as_str(), value)).chain(entries) {
            let here = format!("{place}/{name}");
            if name == "properties" && !place.ends_with("oneOf/") {
                let described = |value: &serde_json::Value| value.get("description").is_some();
                let properties = value.as_object().unwrap().iter();
                let silent_ones = properties.filter(|(_, value)| !described(value));
                silent.extend(silent_ones.map(|(name, _)| format!("{here}/{name}")));
            }
            look_for_silence(value, &here, silent);
        }
    }
}
