//! What a set of settings has in common, in few words: `R1, W1 or W2, strict` for four settings
//! that differ in nothing else than W and read repair.

use std::collections::BTreeSet;

use crate::experiment::frontier::axes::{Axis, short};

/// The values of one setting, by axis.
type Values<'v> = &'v [String];

/// The settings `some`, of all that there are: products of values, each told axis by axis. An axis
/// on which a product has every value that any setting has is left out.
pub fn told(axes: &[Axis], some: &[Values<'_>], all: &[Values<'_>]) -> Vec<String> {
    products(axes.len(), some).iter().map(|product| named(axes, product, all)).collect()
}

/// The set in parts, each of them all combinations of the values that stand in it. Where the whole
/// is none, it is cut along the axis that leaves the fewest.
fn products<'v>(axes: usize, some: &[Values<'v>]) -> Vec<Vec<Values<'v>>> {
    if is_product(axes, some) {
        return vec![some.to_vec()];
    }
    let cut = |axis: usize| -> Vec<Vec<Values<'v>>> {
        let parts = column(some, axis).into_iter();
        parts.map(|value| some.iter().copied().filter(|it| it[axis] == value).collect()).collect()
    };
    let whole = |axis: &usize| cut(*axis).iter().filter(|part| !is_product(axes, part)).count();
    let cuttable = (0..axes).filter(|axis| column(some, *axis).len() > 1);
    let best = cuttable.min_by_key(|axis| (whole(axis), cut(*axis).len()));
    match best {
        Some(axis) => cut(axis).iter().flat_map(|part| products(axes, part)).collect(),
        None => vec![some.to_vec()],
    }
}

/// Are these all combinations of their own values?
fn is_product(axes: usize, some: &[Values<'_>]) -> bool {
    (0..axes).map(|axis| column(some, axis).len()).product::<usize>() == some.len()
}

/// The values that stand on one axis.
fn column<'v>(some: &[Values<'v>], axis: usize) -> BTreeSet<&'v str> {
    some.iter().map(|values| values[axis].as_str()).collect()
}

fn named(axes: &[Axis], product: &[Values<'_>], all: &[Values<'_>]) -> String {
    let part = |(place, axis): (usize, &Axis)| {
        let own = column(product, place);
        if own == column(all, place) {
            return None;
        }
        // In the order in which the axis tells them.
        let told = axis.values.iter().filter(|value| own.contains(value.as_str()));
        Some(told.map(|value| short(&axis.path, value)).collect::<Vec<_>>().join(" or "))
    };
    let parts: Vec<String> = axes.iter().enumerate().filter_map(part).collect();
    if parts.is_empty() { "every setting".to_string() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::frontier::axes::{settings, usual};

    /// The names of those of the usual settings that fulfil a condition.
    fn of(wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        let axes = usual(3);
        let all = settings(&axes, 3);
        let all: Vec<&[String]> = all.iter().map(|it| it.values.as_slice()).collect();
        let some: Vec<&[String]> = all.iter().copied().filter(|it| wanted(it)).collect();
        told(&axes, &some, &all)
    }

    #[test]
    fn an_axis_that_makes_no_difference_is_not_told() {
        assert_eq!(of(|_| true), ["every setting"]);
        assert_eq!(of(|it| it[0] == "1" && it[1] == "1"), ["R1, W1"]);
        assert_eq!(of(|it| it[0] != "3" && it[2] == "strict"), ["R1 or R2, strict"]);
        assert_eq!(
            of(|it| it == ["2", "3", "sloppy", "dotted", "false"]),
            ["R2, W3, sloppy, dotted, no-repair"]
        );
    }

    #[test]
    fn what_is_no_product_is_told_in_parts() {
        let crossed = of(|it| it[1] == "1" && (it[0] == "1" || it[2] == "strict"));
        assert_eq!(crossed, ["R1, W1, sloppy", "W1, strict"]);
        let most = of(|it| it[0] == "1" && (it[3] == "dotted" || it[4] == "true"));
        assert_eq!(most, ["R1, dotted", "R1, lww, repair"]);
    }
}
