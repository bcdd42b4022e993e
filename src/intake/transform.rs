//! From the text of a column to the text of a field: what means nothing, patterns with lookups, translations.

use regex::Regex;
use serde::Deserialize;
use std::{borrow::Cow, collections::BTreeMap};

/// What becomes of a text that the pattern, a lookup or the translations don't know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unknown {
    /// It stays as it is.
    Keep,
    /// It counts as no value.
    Empty,
    /// The row is rejected.
    Reject,
}

/// Why a field of a mapping can't be compiled.
#[derive(Debug, thiserror::Error)]
pub enum TransformError {
    #[error("pattern: {0}")]
    Pattern(#[from] regex::Error),
    #[error("{0} needs a pattern")]
    NoPattern(&'static str),
    #[error("{{{0}}} in the template is no named group of the pattern; write (?<{0}>…) there")]
    Capture(String),
    #[error("lookup.{0} is no named group of the pattern; write (?<{0}>…) there")]
    Lookup(String),
    #[error("the template has a brace that is never closed")]
    Brace,
    #[error("a constant value can't have a pattern, values or a column")]
    Constant,
}

/// A text is none of those that the mapping knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not among the values that the mapping knows")]
pub struct UnknownValue(pub String);

#[derive(Clone, Debug)]
enum Piece {
    Literal(String),
    Capture(String),
}

/// What is done to a column's text, in this order: trimmed; missing values; pattern, lookup and template; translation.
#[derive(Clone, Debug, Default)]
pub struct Transform {
    pub constant: Option<String>,
    missing: Vec<String>,
    pattern: Option<Regex>,
    lookup: BTreeMap<String, BTreeMap<String, String>>,
    template: Option<Vec<Piece>>,
    values: BTreeMap<String, String>,
    unknown: Option<Unknown>,
}

impl Transform {
    /// # Errors
    /// [`TransformError`] where the parts don't fit each other.
    pub fn new(
        constant: Option<String>,
        missing: Vec<String>,
        pattern: Option<&str>,
        lookup: BTreeMap<String, BTreeMap<String, String>>,
        template: Option<&str>,
        values: BTreeMap<String, String>,
        unknown: Option<Unknown>,
    ) -> Result<Self, TransformError> {
        if constant.is_some() && (pattern.is_some() || !values.is_empty()) {
            return Err(TransformError::Constant);
        }
        let pattern = pattern.map(Regex::new).transpose()?;
        let named = |name: &str| pattern.as_ref().is_some_and(|it| it.capture_names().flatten().any(|known| known == name));
        if pattern.is_none() && template.is_some() {
            return Err(TransformError::NoPattern("template"));
        }
        if pattern.is_none() && !lookup.is_empty() {
            return Err(TransformError::NoPattern("lookup"));
        }
        if let Some(name) = lookup.keys().find(|name| !named(name)) {
            return Err(TransformError::Lookup(name.clone()));
        }
        let template = template.map(pieces).transpose()?;
        for piece in template.iter().flatten() {
            match piece {
                Piece::Capture(name) if !named(name) => return Err(TransformError::Capture(name.clone())),
                _ => {}
            }
        }
        Ok(Self { constant, missing, pattern, lookup, template, values, unknown })
    }

    /// The field's text; `None` where there is no value.
    ///
    /// # Errors
    /// [`UnknownValue`] where the mapping says that unknown texts are rejected.
    pub fn apply<'a>(&'a self, text: &'a str) -> Result<Option<Cow<'a, str>>, UnknownValue> {
        let text = text.trim();
        if text.is_empty() || self.missing.iter().any(|missing| missing == text) {
            return Ok(None);
        }
        let rewritten = match &self.pattern {
            Some(pattern) => match self.rewrite(pattern, text) {
                Some(rewritten) => rewritten,
                None => return self.unknown(text, Unknown::Reject),
            },
            None => Cow::Borrowed(text),
        };
        if self.values.is_empty() {
            return Ok(Some(rewritten).filter(|it| !it.is_empty()));
        }
        match self.values.get(rewritten.as_ref()) {
            Some(translated) if translated.is_empty() => Ok(None),
            Some(translated) => Ok(Some(Cow::Borrowed(translated))),
            None if self.unknown.is_none_or(|it| it == Unknown::Keep) => Ok(Some(rewritten)),
            None => self.unknown(text, Unknown::Keep),
        }
    }

    fn unknown<'a>(&self, text: &'a str, default: Unknown) -> Result<Option<Cow<'a, str>>, UnknownValue> {
        match self.unknown.unwrap_or(default) {
            Unknown::Keep => Ok(Some(Cow::Borrowed(text))),
            Unknown::Empty => Ok(None),
            Unknown::Reject => Err(UnknownValue(text.to_owned())),
        }
    }

    /// `None` where the pattern doesn't match, or a lookup doesn't know what it captured.
    fn rewrite<'a>(&'a self, pattern: &Regex, text: &'a str) -> Option<Cow<'a, str>> {
        let matched = pattern.captures(text)?;
        let looked_up = |name: &str| -> Option<&str> {
            let captured = matched.name(name).map_or("", |group| group.as_str());
            match self.lookup.get(name) {
                Some(table) => table.get(captured.trim()).map(String::as_str),
                None => Some(captured),
            }
        };
        let Some(template) = &self.template else {
            // Without a template: the first group, or all that matched.
            return matched.get(1).or(matched.get(0)).map(|group| Cow::Owned(group.as_str().to_owned()));
        };
        let mut out = String::new();
        for piece in template {
            match piece {
                Piece::Literal(literal) => out.push_str(literal),
                Piece::Capture(name) => out.push_str(looked_up(name)?),
            }
        }
        Some(Cow::Owned(out))
    }
}

/// "{borough}{board}" in its pieces; "{{" and "}}" are braces.
fn pieces(template: &str) -> Result<Vec<Piece>, TransformError> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut chars = template.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                literal.push(c);
            }
            '{' => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some(c) => name.push(c),
                        None => return Err(TransformError::Brace),
                    }
                }
                pieces.push(Piece::Capture(name));
            }
            '}' => return Err(TransformError::Brace),
            c => literal.push(c),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|&(from, to)| (from.to_owned(), to.to_owned())).collect()
    }

    fn boards(unknown: Option<Unknown>) -> Transform {
        let lookup = [("borough".to_owned(), map(&[("QUEENS", "4"), ("STATEN ISLAND", "5")]))].into();
        let pattern = Some(r"^(?<board>\d{2}) (?<borough>\D+)$");
        Transform::new(None, vec!["N/A".to_owned()], pattern, lookup, Some("{borough}{board}"), map(&[]), unknown).unwrap()
    }

    #[test]
    fn a_borough_and_a_number_make_a_key() {
        let boards = boards(Some(Unknown::Empty));
        let key = |text| boards.apply(text).unwrap().map(Cow::into_owned);
        assert_eq!(key(" 05 QUEENS ").as_deref(), Some("405"));
        assert_eq!(key("03 STATEN ISLAND").as_deref(), Some("503"));
        assert_eq!(
            (key("0 Unspecified"), key("Unspecified QUEENS"), key("01 MARS"), key("N/A"), key("")),
            (None, None, None, None, None)
        );
    }

    #[test]
    fn unknown_texts_are_rejected_kept_or_left_out() {
        assert_eq!(boards(None).apply("01 MARS"), Err(UnknownValue("01 MARS".to_owned())));
        assert_eq!(boards(Some(Unknown::Keep)).apply("01 MARS").unwrap().as_deref(), Some("01 MARS"));
        let states = |unknown| {
            Transform::new(None, vec![], None, BTreeMap::new(), None, map(&[("Cancelled", "void"), ("?", "")]), unknown)
                .unwrap()
        };
        assert_eq!(states(None).apply("Cancelled").unwrap().as_deref(), Some("void"));
        assert_eq!(states(None).apply("Odd").unwrap().as_deref(), Some("Odd"));
        assert_eq!(states(None).apply("?").unwrap(), None);
        assert!(states(Some(Unknown::Reject)).apply("Odd").is_err());
    }

    #[test]
    fn mistakes_are_named() {
        let new = |pattern, lookup: &[&str], template| {
            let lookup = lookup.iter().map(|name| ((*name).to_owned(), map(&[]))).collect();
            Transform::new(None, vec![], pattern, lookup, template, map(&[]), None).unwrap_err().to_string()
        };
        assert!(new(Some("("), &[], None).starts_with("pattern:"));
        assert_eq!(new(None, &[], Some("{a}")), "template needs a pattern");
        assert!(new(Some("(?<b>.)"), &[], Some("{a}")).contains("(?<a>…)"));
        assert!(new(Some("(?<b>.)"), &["a"], None).contains("lookup.a"));
        assert!(new(Some("(?<b>.)"), &[], Some("{b")).contains("never closed"));
    }
}
