use super::*;

fn parse(text: &str) -> Result<Mapping, MappingError> {
    Mapping::parse(text, Path::new("m.toml"))
}

fn error(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn the_example_of_the_documentation() {
    let documentation = include_str!("mapping.rs");
    let lines = documentation.lines().skip_while(|line| *line != "//! ```toml").skip(1).take_while(|line| *line != "//! ```");
    let example: Vec<&str> = lines.map(|line| line.strip_prefix("//!").unwrap_or_default()).collect();
    let mapping = parse(&example.join("\n")).unwrap();
    assert_eq!(mapping.layer, Some(Layer::Reports));
    assert_eq!(mapping.time.zone, Some(chrono_tz::America::Los_Angeles));
    assert_eq!(mapping.fields["category"].columns, ["RequestType", "Category"]);
    assert_eq!(mapping.fields["channel"].transform.constant.as_deref(), Some("call"));
    assert_eq!(mapping.fields["label"].transform.apply("05 QUEENS").unwrap().as_deref(), Some("405"));
    assert_eq!(mapping.stages["dispatched"].columns, ["DispatchedDate"]);
}

#[test]
fn unknown_keys_are_named() {
    for (text, key) in [
        ("colour = 1", "colour"),
        ("[source]\ndelimeter = \";\"", "delimeter"),
        ("[time]\ntimezone = \"UTC\"", "timezone"),
        ("[position]\nlng = \"x\"", "lng"),
        ("[fields]\nlabel = { colum = \"x\" }", "colum"),
        ("[stages]\nclosed = { column = \"x\", fromat = \"%Y\" }", "fromat"),
    ] {
        let message = error(text);
        assert!(message.contains(&format!("unknown field `{key}`")), "{message}");
    }
}

#[test]
fn contradictions_are_named() {
    for (text, says) in [
        ("[position]\nlon = \"x\"", "lon and lat go together"),
        ("[position]\nx = \"x\"\ny = \"y\"", "need the crs"),
        ("[position]\nlon = \"x\"\nlat = \"y\"\nwkt = \"z\"", "only one of"),
        ("[position]\nlon = \"x\"\nlat = \"y\"\nunit = \"ft\"", "unit is for x and y"),
        ("[fields]\nlabel = { values = { a = \"b\" } }", "neither a column nor a value"),
        ("[fields]\nlabel = { column = \"a\", pattern = \"(\" }", "[fields.label]"),
        ("layer = \"cats\"", "no layer is called \"cats\""),
        ("[time]\nzone = \"Mars/Olympus\"", "Mars/Olympus"),
    ] {
        let message = error(text);
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn an_empty_mapping_is_one() {
    assert!(parse("").unwrap().fields.is_empty());
    assert!(matches!(Mapping::read(Path::new("/nowhere.toml")), Err(MappingError::Io { .. })));
}
