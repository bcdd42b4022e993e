//! What an intake took in, what it rejected and why, and what it found odd.

use super::problem::Problem;
use crate::layer::Layer;
use serde::{Serialize, Serializer};

/// How many rows and examples a finding lists unless told otherwise.
pub const EXAMPLES: usize = 20;

/// All rows with one problem.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    #[serde(serialize_with = "word")]
    pub problem: Problem,
    /// How often it occurred.
    pub count: u64,
    /// The first ones; `row` is absent where the finding is about the file.
    pub examples: Vec<Example>,
}

/// One occurrence of a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// As the file counts: a CSV header is row 1.
    pub row: Option<u64>,
    pub text: String,
}

/// What came of a file. Rows = accepted + rejected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntakeReport {
    #[serde(serialize_with = "layer")]
    pub layer: Layer,
    pub file: String,
    /// "CSV, UTF-8, delimiter ','".
    pub read_as: String,
    /// The title of the mapping, if there was one.
    pub mapping: Option<String>,
    /// Which columns each field was read from.
    pub columns: Vec<FieldColumns>,
    /// Columns that no field was read from.
    pub unused_columns: Vec<String>,
    /// The date formats that were detected.
    pub time_formats: Vec<String>,
    pub rows: u64,
    pub accepted: u64,
    pub rejected: Vec<Finding>,
    pub warnings: Vec<Finding>,
    #[serde(skip)]
    pub examples_limit: usize,
}

/// A field and the columns it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldColumns {
    pub field: String,
    pub columns: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn word<S: Serializer>(problem: &Problem, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(problem.word())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn layer<S: Serializer>(layer: &Layer, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(layer.name())
}

impl IntakeReport {
    #[must_use]
    pub fn new(layer: Layer, file: String, read_as: String) -> Self {
        Self {
            layer,
            file,
            read_as,
            mapping: None,
            columns: vec![],
            unused_columns: vec![],
            time_formats: vec![],
            rows: 0,
            accepted: 0,
            rejected: vec![],
            warnings: vec![],
            examples_limit: EXAMPLES,
        }
    }

    /// Notes that `row` was rejected.
    pub fn reject(&mut self, problem: Problem, row: u64, text: impl Into<String>) {
        add(&mut self.rejected, self.examples_limit, problem, Some(row), text.into());
    }

    /// Notes something odd about `row`, or about the file where there is none.
    pub fn warn(&mut self, problem: Problem, row: Option<u64>, text: impl Into<String>) {
        add(&mut self.warnings, self.examples_limit, problem, row, text.into());
    }

    /// How many rows were rejected.
    #[must_use]
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.iter().map(|finding| finding.count).sum()
    }

    /// The finding of `problem`, rejected or odd.
    #[must_use]
    pub fn finding(&self, problem: Problem) -> Option<&Finding> {
        self.rejected.iter().chain(&self.warnings).find(|finding| finding.problem == problem)
    }
}

fn add(findings: &mut Vec<Finding>, limit: usize, problem: Problem, row: Option<u64>, text: String) {
    let at = findings.iter().position(|finding| finding.problem == problem).unwrap_or_else(|| {
        findings.push(Finding { problem, count: 0, examples: vec![] });
        findings.len() - 1
    });
    let finding = &mut findings[at];
    finding.count += 1;
    if finding.examples.len() < limit {
        finding.examples.push(Example { row, text });
    }
}
