//! The ten shapes that were expected of shopping carts, each confirmed or refuted with its numbers.

use crate::reproduce::carts::{Laboratory, Measured, STRICT, TROUBLE};
use crate::reproduce::reconciliation::{Curve, share};
use crate::reproduce::result::{Row, spelt};
use crate::reproduce::work::Stopped;

/// Worlds that the shapes run beside those of the curves, about.
pub const RUNS: usize = 38;

/// Share of reads that return several versions in section 6.3.
const SEVERAL: f64 = 1.13e-5;

type Rows = Result<Vec<Row>, Stopped>;
type Lab<'a, 'l, 'w> = &'a mut Laboratory<'l, 'w>;

/// All ten, in order.
pub fn all(laboratory: Lab<'_, '_, '_>, curves: &[Curve]) -> Rows {
    let mut rows = of_policies(curves);
    rows.extend(skew_and_split(laboratory)?);
    rows.extend(union(laboratory)?);
    rows.extend(blind(laboratory)?);
    rows.extend(literal(laboratory, curves)?);
    rows.extend(conflicts(laboratory, curves)?);
    rows.extend(quorums(laboratory)?);
    rows.extend(truncation(laboratory)?);
    Ok(rows)
}

/// What cannot be read off the rows.
pub fn remarks() -> Vec<String> {
    [
        "Shape 7, crashes: each makes requests wait for time-outs of 100 ms, and a read that waits \
         is older when its write comes; that is the likely reason why even short crashes add \
         conflicts here. Retries are not: no write of these runs was applied twice. The paper says \
         that failures hardly matter; it had far fewer of them than 3 in 40 s.",
        "Shape 7, coordinators: under dotted clocks two puts with one stale context make siblings \
         whoever coordinates; the first of the list is one more step away than the replier that \
         was fastest, and the longer a write travels the more come between. The tail was first \
         looked at for reads, which it cannot touch (12.28 ms with both); the row is about writes.",
        "Shape 7, rates: with three seeds the lowest rate has about a dozen such reads.",
        "Shape 10 was expected of clocks in general. Three homes that take turns fill a clock that \
         is cut at 3 without any fault. Under literal clocks each version has a clock of its own, \
         and cutting it hides the very version that it was written after from every replica but \
         the coordinator; under dotted clocks a set forgets only names of what it no longer holds.",
    ]
    .map(str::to_string)
    .to_vec()
}

fn at(curve: &Curve, writers: u32) -> &Measured {
    let found = curve.points.iter().find(|(count, _)| *count == writers);
    &found.expect("the curve has this point").1
}

fn last(curve: &Curve) -> &Measured {
    &curve.points.last().expect("a curve has points").1
}

/// 1 and 2: what is lost without a merge.
fn of_policies(curves: &[Curve]) -> Vec<Row> {
    let first = &curves[0];
    let ratios = [at(first, 8), last(first)].map(|m| m.lost().value / m.conflicts());
    let proportional = ratios.iter().all(|ratio| (0.2..5.0).contains(ratio))
        && ratios[0].max(ratios[1]) <= 2.0 * ratios[0].min(ratios[1]);
    let told = format!("{} and {}", spelt(ratios[0]), spelt(ratios[1]));
    let newest = &curves[1];
    let lost = [at(newest, 1), at(newest, 2), last(newest)].map(|m| m.lost().value);
    let rises = lost[0] < lost[1] && lost[1] < lost[2];
    vec![
        Row::shape(
            "1. P0 loses in proportion to reads of several versions: lost share over that share, \
             8 and most writers",
            "alike",
            told,
            proportional,
        ),
        Row::shape(
            "2. P1 loses more with more writers: 1, 2, most",
            "rises",
            lost.map(share).join(", "),
            rises,
        ),
    ]
}

/// 2, with clocks that are off and with halves that cannot see each other.
fn skew_and_split(laboratory: Lab<'_, '_, '_>) -> Rows {
    let newest = ["cluster.versioning=last_write_wins", "workload.cart_policy=last_write_wins"];
    let mut lost = Vec::new();
    for deviation in ["0ms", "10ms", "100ms", "1s"] {
        let skew = format!(r#"cluster.clock_skew={{"deviation": "{deviation}"}}"#);
        let mut changes = newest.to_vec();
        changes.extend((deviation != "0ms").then_some(skew.as_str()));
        lost.push(laboratory.run(&changes)?.lost().value);
    }
    let split = laboratory.run(&[&newest[..], &[TROUBLE]].concat())?.lost().value;
    let told: Vec<String> = lost.iter().map(|value| share(*value)).collect();
    Ok(vec![
        Row::shape(
            "2. P1 loses more with clocks further apart: 0, 10 ms, 100 ms, 1 s",
            "rises",
            told.join(", "),
            lost.is_sorted() && lost[0] < lost[3],
        ),
        Row::shape(
            "2. P1 loses more in a partition: without, with",
            "rises",
            format!("{}, {}", share(lost[0]), share(split)),
            split > lost[0],
        ),
    ])
}

/// 3 and 4: what a merge keeps, and what it brings back.
fn union(laboratory: Lab<'_, '_, '_>) -> Rows {
    let (mut lost, mut back, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for policy in ["union", "observed_remove"] {
        let policy = format!("workload.cart_policy={policy}");
        let calm = laboratory.run(&[&policy])?;
        let trouble = laboratory.run(&[&policy, TROUBLE])?;
        lost.push(calm.sum("carts.lost_adds") + trouble.sum("carts.lost_adds"));
        back.push([calm.resurrected().value, trouble.resurrected().value]);
        bytes.push(calm.bytes_per_reply());
    }
    Ok(vec![
        Row::shape(
            "3. P2 loses no add, with and without faults",
            "0",
            spelt(lost[0]),
            lost[0] == 0.0,
        ),
        Row::shape(
            "3. P2 brings removed items back: without faults, with",
            "some, more",
            back[0].map(share).join(", "),
            back[0][0] > 0.0 && back[0][1] > back[0][0],
        ),
        Row::shape(
            "4. P3 loses no add, with and without faults",
            "0",
            spelt(lost[1]),
            lost[1] == 0.0,
        ),
        Row::shape(
            "4. P3 brings no removed item back: without faults, with",
            "0, 0",
            back[1].map(share).join(", "),
            back[1] == [0.0; 2],
        ),
        Row::shape(
            "4. P3 pays with larger carts: bytes of an answer against P2",
            "more",
            format!("{} against {}", spelt(bytes[1]), spelt(bytes[0])),
            bytes[1] > bytes[0],
        ),
    ])
}

/// 5: puts that name nothing supersede nothing.
fn blind(laboratory: Lab<'_, '_, '_>) -> Rows {
    let mut most = Vec::new();
    for length in ["10s", "20s", "40s"] {
        let duration = format!("duration={length}");
        let measured = laboratory.run(&["workload.cart_policy=blind", &duration])?;
        most.push(measured.sum("versions.max") / measured.of("versions.max").len() as f64);
    }
    let told: Vec<String> = most.iter().map(|value| spelt(*value)).collect();
    Ok(vec![Row::shape(
        "5. P4: versions of a cart grow without bound: at most after 10, 20, 40 s",
        "grows with time",
        told.join(", "),
        most[1] > 1.5 * most[0] && most[2] > 1.5 * most[1],
    )])
}

/// 6: the literal scheme against its own guarantee.
fn literal(laboratory: Lab<'_, '_, '_>, curves: &[Curve]) -> Rows {
    let union = &curves[5];
    let dotted: f64 = curves[2].points.iter().map(|(_, m)| m.sum("carts.lost_adds")).sum();
    let lost = [at(union, 1), at(union, 2), last(union)].map(|m| m.lost().value);
    let mut by = Vec::new();
    for coordinator in ["first", "fastest", "random"] {
        let coordinator = format!("cluster.coordinator={coordinator}");
        by.push(laboratory.run(&["cluster.versioning=literal", &coordinator])?.lost().value);
    }
    Ok(vec![
        Row::shape(
            "6. Union on literal clocks loses adds from two writers on, without faults: 1, 2, most",
            "0, some, more",
            lost.map(share).join(", "),
            lost[0] == 0.0 && lost[1] > 0.0 && lost[2] > lost[1],
        ),
        Row::shape("6. On dotted clocks none, for any writers", "0", spelt(dotted), dotted == 0.0),
        Row::shape(
            "6. One coordinator for both puts is what loses them: first of the list, fastest \
             replier, random",
            "most with the first",
            by.iter().map(|value| share(*value)).collect::<Vec<_>>().join(", "),
            by[0] > by[1] && by[0] > by[2],
        ),
    ])
}

/// 7 and 8: what makes several versions.
fn conflicts(laboratory: Lab<'_, '_, '_>, curves: &[Curve]) -> Rows {
    let union = &curves[2];
    let by_writers = [at(union, 1), at(union, 2), at(union, 8)].map(Measured::conflicts);
    let mut by_rate = Vec::new();
    for think in ["2s", "1s", "500ms"] {
        let mean = format!(r#"{{"exponential": {{"mean": "{think}"}}}}"#);
        let think = format!(r#"workload.arrivals={{"closed": {{"think": {mean}}}}}"#);
        by_rate.push(laboratory.run(&[&think])?.conflicts());
    }
    let mut by_coordinator = Vec::new();
    let mut tails = Vec::new();
    for coordinator in ["first", "fastest"] {
        let run = laboratory.run(&[&format!("cluster.coordinator={coordinator}")])?;
        by_coordinator.push(run.conflicts());
        tails.push(run.sum("latency.put.p99_9_ms") / run.of("latency.put.p99_9_ms").len() as f64);
    }
    let crash = r#"faults=[{"crash_loop": {"node": "n2", "at": "5s", "every": "10s",
        "times": 3, "down": "1s"}}]"#;
    let crashes = laboratory.run(&[crash])?.conflicts();
    let split = laboratory.run(&[TROUBLE])?.conflicts();
    let calm = at(union, 16).conflicts();
    let doubled = by_rate.windows(2).map(|pair| pair[1] / pair[0]);
    let about_twice = doubled.clone().all(|ratio| (1.4..2.9).contains(&ratio));
    Ok(vec![
        Row::shape(
            "7. Reads of several versions double with the rate of updates: think 2 s, 1 s, 0.5 s",
            "about twice each",
            by_rate.iter().map(|value| share(*value)).collect::<Vec<_>>().join(", "),
            about_twice,
        ),
        Row::shape(
            "7. Crashes (3 of 1 s) hardly add to them: without, with",
            "at most a tenth more",
            format!("{}, {}", share(calm), share(crashes)),
            (crashes / calm - 1.0).abs() <= 0.1,
        ),
        Row::shape(
            "7. A partition does: without, with",
            "jumps",
            format!("{}, {}", share(calm), share(split)),
            split > 1.5 * calm,
        ),
        Row::shape(
            "7. The fastest replier makes more of them than the first of the list: first, fastest",
            "more",
            by_coordinator.iter().map(|value| share(*value)).collect::<Vec<_>>().join(", "),
            by_coordinator[1] > by_coordinator[0],
        ),
        Row::shape(
            "7. ... with a shorter tail: 99.9 % of writes, ms",
            "shorter",
            tails.iter().map(|value| spelt(*value)).collect::<Vec<_>>().join(", "),
            tails[1] < tails[0],
        ),
        Row::shape(
            "8. One writer and no fault: reads of several versions (1, 2, 8 writers)",
            "0 with one",
            by_writers.map(share).join(", "),
            by_writers[0] == 0.0 && by_writers[1] > 0.0,
        ),
        robots(union),
    ])
}

/// 8: how few carts robots must write for as many such reads as the paper has seen.
fn robots(union: &Curve) -> Row {
    let (most, _) = union.points.last().expect("a curve has points");
    let shares = [at(union, 2), at(union, 8), last(union)].map(|m| SEVERAL / m.conflicts());
    Row::shape(
        format!(
            "8. Share of carts written by robots, 2, 8, {most} to a cart, at which 1.13 of 100,000 \
             reads return several versions"
        ),
        "a small share, less with more robots",
        shares.map(share).join(", "),
        shares[0] < 0.1 && shares[2] < shares[0],
    )
}

/// 9: quorums that overlap, and those that do not.
fn quorums(laboratory: Lab<'_, '_, '_>) -> Rows {
    let mut rows = Vec::new();
    let [mut calm, mut sloppy, mut strict] = [Vec::new(), Vec::new(), Vec::new()];
    let (mut read, mut failed) = (Vec::new(), Vec::new());
    for (r, w) in [(1, 1), (2, 2), (3, 1), (1, 3)] {
        let [r, w] = [format!("cluster.r={r}"), format!("cluster.w={w}")];
        let run = laboratory.run(&[&r, &w])?;
        calm.push(run.sum("staleness.stale_reads"));
        read.push(run.sum("latency.get.mean_ms") / run.of("latency.get.mean_ms").len() as f64);
        let runs =
            [laboratory.run(&[&r, &w, TROUBLE])?, laboratory.run(&[&r, &w, TROUBLE, STRICT])?];
        sloppy.push(runs[0].sum("staleness.stale_reads"));
        strict.push(runs[1].sum("staleness.stale_reads"));
        failed.push(runs.map(|run| run.rejected().iter().sum::<f64>() / 2.0));
    }
    let told = |values: &[f64]| values.iter().map(|value| spelt(*value)).collect::<Vec<_>>();
    rows.push(Row::shape(
        "9. Stale reads without faults, (R,W) = (1,1), (2,2), (3,1), (1,3)",
        "some, 0, 0, 0",
        told(&calm).join(", "),
        calm[0] > 0.0 && calm[1..] == [0.0; 3],
    ));
    rows.push(Row::shape(
        "9. With faults and sloppy quorums all four can be stale",
        "some each",
        told(&sloppy).join(", "),
        sloppy.iter().all(|count| *count > 0.0),
    ));
    rows.push(Row::shape(
        "9. With faults and strict quorums fewer are: none where R + W > N",
        "some, 0, 0, 0",
        told(&strict).join(", "),
        strict[0] > 0.0 && strict[1..] == [0.0; 3],
    ));
    let pair = |[sloppy, strict]: &[f64; 2]| format!("{} and {}", share(*sloppy), share(*strict));
    rows.push(Row::shape(
        "9. ... and more is refused instead: failed, mean of reads and writes, sloppy and strict, \
         by (R,W)",
        "more each",
        failed.iter().map(pair).collect::<Vec<_>>().join("; "),
        failed.iter().all(|[sloppy, strict]| strict > sloppy),
    ));
    rows.push(Row::shape(
        "9. Reads take longer with R: mean ms at R = 1, 2, 3",
        "rises",
        told(&[read[0], read[1], read[2]]).join(", "),
        read[0] < read[1] && read[1] < read[2],
    ));
    Ok(rows)
}

/// 10: clocks that lose their oldest pairs.
fn truncation(laboratory: Lab<'_, '_, '_>) -> Rows {
    let mut rows = Vec::new();
    for versioning in ["dotted", "literal"] {
        let order = format!("cluster.versioning={versioning}");
        let mut counts = Vec::new();
        for (threshold, trouble) in [(3, false), (3, true), (5, false), (5, true), (10, false)] {
            let cut = format!(r#"cluster.clock_truncation={{"threshold": {threshold}}}"#);
            let mut changes = vec![order.as_str(), "cluster.coordinator=random", &cut];
            changes.extend(trouble.then_some(TROUBLE));
            counts.push(laboratory.run(&changes)?.sum("versions.false_conflicts"));
        }
        let told: Vec<String> = counts.iter().map(|count| spelt(*count)).collect();
        rows.push(Row::shape(
            format!(
                "10. Reads with false conflicts, {versioning}: at 3, 3 with faults, 5, 5 with \
                 faults, 10"
            ),
            "0, some, 0, some, 0",
            told.join(", "),
            counts[1] > 0.0 && counts[3] > 0.0 && [counts[0], counts[2], counts[4]] == [0.0; 3],
        ));
    }
    Ok(rows)
}
