//! A row for every node and for every fault of each run of a sweep: `nodes.csv` and `faults.csv`.
//! They are tables of their own since runs may have other nodes and other faults; `point` and
//! `seed` tell to which row of the table of all runs a row belongs.

use std::io::{self, Write};

use serde_json::Number;

use crate::report::sweep::details::{Details, OF_FAULTS, OF_NODES};
use crate::report::sweep::plan::{Plan, Task};
use crate::report::sweep::row::Row;
use crate::report::sweep::table::{cell, columns_of_place, place};

/// The names of the columns of `nodes.csv`.
pub fn columns_of_nodes(plan: &Plan) -> Vec<String> {
    let own = ["node"].into_iter().chain(OF_NODES).map(str::to_string);
    columns_of_place(plan).into_iter().chain(own).collect()
}

/// The names of the columns of `faults.csv`.
pub fn columns_of_faults(plan: &Plan) -> Vec<String> {
    let own = ["fault", "kind", "label"].into_iter().chain(OF_FAULTS).map(str::to_string);
    columns_of_place(plan).into_iter().chain(own).collect()
}

/// Both files under way.
pub struct Tables<'p, W: Write> {
    plan: &'p Plan,
    nodes: csv::Writer<W>,
    faults: csv::Writer<W>,
}

impl<'p, W: Write> Tables<'p, W> {
    /// Begins both files.
    pub fn new(plan: &'p Plan, nodes: W, faults: W) -> io::Result<Tables<'p, W>> {
        let (nodes, faults) = (csv::Writer::from_writer(nodes), csv::Writer::from_writer(faults));
        let mut tables = Tables { plan, nodes, faults };
        tables.nodes.write_record(columns_of_nodes(plan))?;
        tables.faults.write_record(columns_of_faults(plan))?;
        Ok(tables)
    }

    /// Adds a run.
    pub fn add(&mut self, task: Task, row: &Row) -> io::Result<()> {
        let place: Vec<String> = place(self.plan, task).iter().map(cell).collect();
        let Details { nodes, faults } = &row.details;
        let most = nodes.iter().map(Vec::len).max().unwrap_or(0);
        for node in 0..most {
            let figure = |list: &Vec<Number>| list.get(node).map_or("".into(), Number::to_string);
            let cells = std::iter::once(format!("n{node}")).chain(nodes.iter().map(figure));
            self.nodes.write_record(place.iter().cloned().chain(cells))?;
        }
        for (number, fault) in faults.iter().enumerate() {
            let names = [number.to_string(), fault.kind.clone(), fault.label.clone()];
            let cells = names.into_iter().chain(fault.figures.iter().map(Number::to_string));
            self.faults.write_record(place.iter().cloned().chain(cells))?;
        }
        Ok(())
    }

    /// Both files, whole.
    pub fn finish(self) -> io::Result<(W, W)> {
        let nodes = self.nodes.into_inner().map_err(|error| error.into_error())?;
        let faults = self.faults.into_inner().map_err(|error| error.into_error())?;
        Ok((nodes, faults))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sweep::plan::tests::sample;
    use serde_json::json;

    #[test]
    fn a_row_for_each_node_and_each_fault() {
        let plan = sample();
        let report = json!({
            "load": { "coordinated": [3, 4] },
            "placement": { "carried": [0.5] },
            "faults": { "windows": [{ "kind": "crash", "label": "crash n1", "from_s": 1.0,
                "to_s": 2.5, "messages": 3, "bytes": 4, "operations": 5, "nodes": 6, "jobs": 7,
                "copies": 8 }] }
        });
        let mut row = Row::panicked(&plan, plan.task(4), "");
        let mut tables = Tables::new(&plan, Vec::new(), Vec::new()).unwrap();
        tables.add(plan.task(4), &row).unwrap();
        row.details = Details::of(&report);
        tables.add(plan.task(1), &row).unwrap();
        let (nodes, faults) = tables.finish().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let expected = "point,seed,cluster.r,a.b_ms,node,load.coordinated,placement.carried\n\
                        0,6,1,10.0,n0,3,0.5\n0,6,1,10.0,n1,4,\n";
        assert_eq!(text(nodes), expected);
        let expected = "point,seed,cluster.r,a.b_ms,fault,kind,label,from_s,to_s,messages,bytes,\
                        operations,nodes,jobs,copies\n\
                        0,6,1,10.0,0,crash,crash n1,1.0,2.5,3,4,5,6,7,8\n";
        assert_eq!(text(faults), expected);
    }
}
