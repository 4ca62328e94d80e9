//! The generator: its output is committed, reviewers see its public surface, and it refuses a spec
//! that it cannot express.

mod bulk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::codegen::{Generated, command, generate, surface};
use xtask::root;

const TINY: &str = include_str!("tiny.yaml");

fn from(spec: &str) -> Result<Generated, String> {
    let runtime = command::runtime(&root()).expect("the runtime's sources");
    generate("tiny.yaml", spec, &runtime, "0.1.0").map_err(|error| format!("{error:#}"))
}

/// Asserts that the generator refuses a spec with the given problem.
fn refused(spec: &str, problem: &str) {
    let error = from(spec).err().unwrap_or_else(|| panic!("accepted, but should say: {problem}"));
    assert!(error.contains(problem), "said\n{error}\ninstead of\n{problem}");
}

/// A spec with the first occurrence of a text replaced.
fn changed(spec: &str, old: &str, new: &str) -> String {
    assert!(spec.contains(old), "`{old}` is to be in the spec");
    spec.replacen(old, new, 1)
}

/// `TINY` with one text replaced.
fn tiny(old: &str, new: &str) -> String {
    assert_eq!(TINY.matches(old).count(), 1, "`{old}` is to be in tiny.yaml once");
    TINY.replace(old, new)
}

#[test]
fn committed_files_are_current() {
    command::check(&root()).expect("run `cargo xtask codegen`");
}

#[test]
fn the_surface_of_rust() {
    let generated = command::from_disk(&root()).expect("it can be generated");
    insta::assert_snapshot!("rust_surface", generated.rust_surface.join("\n"));
}

#[test]
fn the_surface_of_c() {
    let generated = command::from_disk(&root()).expect("it can be generated");
    insta::assert_snapshot!("c_surface", generated.c_surface.join("\n"));
}

#[test]
fn all_of_a_tiny_spec() {
    for (path, text) in from(TINY).expect("it can be generated").files {
        let name = path.replace("crates/", "").replace("src/generated/", "").replace('/', "_");
        insta::assert_snapshot!(format!("tiny_{name}"), text);
    }
}

/// progenitor's client has methods of its own next to those of operations.
#[test]
fn an_operation_may_have_the_name_of_what_every_client_has() {
    for id in ["news_get", "new_thing", "client_get"] {
        let files = from(&tiny("operationId: thing_get", &format!("operationId: {id}"))).expect(id).files;
        let method = format!("pub fn {id}");
        let wire = files.iter().find(|(path, _)| path.ends_with("wire.rs")).expect("the wire");
        assert!(wire.1.contains(&method), "{id}: {}", wire.1);
    }
}

#[test]
fn the_same_spec_gives_the_same_bytes() {
    let first = from(TINY).expect("it can be generated").files;
    for _ in 0..3 {
        assert!(from(TINY).expect("it can be generated").files == first);
    }
}

#[test]
fn what_is_wrong_with_a_spec_is_said_with_its_line_and_mend() {
    let query = "      parameters:\n        - name: thing_id";
    let cases: Vec<(String, &str)> = vec![
        (
            tiny("      summary: Read", "      sumary: Read"),
            "tiny.yaml:17: `sumary` is no key that OpenAPI 3.0 has here; mend its spelling",
        ),
        (
            tiny("      summary: Read a thing\n", ""),
            "tiny.yaml:14: `paths./things/{thing_id}.get` has no summary; add one",
        ),
        (
            tiny("operationId: thing_get", "operationId: getThing"),
            "tiny.yaml:14: operationId `getThing` must be snake case in the form `noun_verb`",
        ),
        (
            tiny("          description: Its number.\n", ""),
            "tiny.yaml:56: `components.schemas.Thing.properties.id` has no description; add one",
        ),
        (tiny("              example: {}\n", ""), "tiny.yaml:40: a body needs an example; add one"),
        (
            tiny("            minimum: 1\n        - name: page", "        - name: page"),
            "tiny.yaml:20: parameter `thing_id` needs its bounds; add `minimum`",
        ),
        (
            tiny("          nullable: true", "          nullable: true\n          maxLength: 5"),
            "tiny.yaml:65: `maxLength` on a response would refuse what the service sends; remove it",
        ),
        (
            tiny("      required: [id, kind]", "      additionalProperties: false\n      required: [id, kind]"),
            "tiny.yaml:51: `additionalProperties: false` on a response would refuse new fields; remove it",
        ),
        (
            tiny(
                "          type: string\n          nullable",
                "          anyOf: [{ type: string }, { type: integer }]\n          nullable",
            ),
            "tiny.yaml:62: `ThingNote` uses anyOf, which cannot be generated; write one type, or leave it out for any JSON",
        ),
        (
            tiny(
                "          type: string\n          nullable",
                "          type: array\n          items: { type: array, items: { type: string } }\n          nullable",
            ),
            "tiny.yaml:64: `ThingNote` is a list of lists; wrap the inner list in an object",
        ),
        (
            tiny("        note:", "        Kind:"),
            "tiny.yaml:51: properties `kind` and `Kind` of `Thing` get the same name; rename one",
        ),
        (
            tiny("        note:", "        1st:"),
            "tiny.yaml:62: `1st` cannot be spelled in all languages; start it with an ASCII letter",
        ),
        (
            tiny("enum: [OLD, NEW]", "enum: [OLD, old]"),
            "tiny.yaml:66: the value `old` of `Kind` has no name of its own (`Old`); change it",
        ),
        (
            tiny("required: [id, kind]", "required: [id, kind, gone]"),
            "tiny.yaml:51: `Thing` requires `gone`, which it does not have; describe it",
        ),
        (
            tiny("          in: query", "          in: cookie"),
            "tiny.yaml:28: parameter `page__size` of `thing_get` is in `cookie`, which cannot be generated; use path or query",
        ),
        (
            tiny("\"#/components/schemas/Kind\"", "\"#/components/schemas/Sort\""),
            "tiny.yaml:60: `$ref: #/components/schemas/Sort` points to nothing; define it or mend the name",
        ),
        (
            tiny("application/json:", "text/csv:"),
            "only `application/json` can be generated; `ThingGetResult` offers something else",
        ),
        (
            tiny("/things/{thing_id}:", "/things/{thing}:"),
            "path parameter `thing_id` is not in the path `/things/{thing}`",
        ),
        (
            tiny(
                query,
                "      requestBody: { description: B., content: { application/json: { schema: { type: object }, example: {} } } }\n      parameters:\n        - name: thing_id",
            ),
            "the body of `ThingGet` is optional; set `required: true` or remove it",
        ),
        (
            tiny(
                "          type: string\n          nullable",
                "          $ref: \"#/components/schemas/Thing\"\n          x-nullable",
            ),
            "`Thing` holds itself, directly or through others; put a list in between",
        ),
        (
            tiny("    Kind:\n", "    Client:\n").replace("schemas/Kind", "schemas/Client").replace(
                "type: string\n      description: A kind.\n      enum: [OLD, NEW]",
                "type: object\n      description: A kind.\n      properties: { a: { type: string, description: A. } }",
            ),
            "`desk_client` in C would mean two things",
        ),
        (
            tiny(
                "    Kind:\n      type",
                "    kind:\n      type: string\n      description: A.\n      enum: [A]\n    Kind:\n      type",
            )
            .replace(
                "        note:\n",
                "        other:\n          $ref: \"#/components/schemas/kind\"\n        note:\n",
            ),
            "`Kind` is also the name of `components.schemas.Kind`; rename one",
        ),
        (
            tiny("          nullable: true", "          pattern: x"),
            "tiny.yaml:64: `pattern` has no effect on the generated code; remove it",
        ),
        (
            tiny("    get:\n", "    head: {}\n    get:\n"),
            "tiny.yaml:14: `head` has no effect on the generated code; remove it",
        ),
        (
            tiny("      tags: [thing]", "      tags: [thing]\n      servers: [{ url: https://x.example }]"),
            "`servers` has no effect",
        ),
        (tiny("      tags: [thing]", "      tags: [thing]\n      security: []"), "`security` has no effect"),
        (tiny("          in: query", "          in: query\n          explode: false"), "`explode` has no effect"),
        (tiny("security:\n  - key: []\n", ""), "the spec lacks `security` with an apiKey in a header; add it"),
        (
            tiny("            maximum: 9", "            maximum: 9.5"),
            "`maximum` of `ThingGetPageSize` must be a whole number",
        ),
        (
            tiny(
                "          format: int64\n          description: Its",
                "          format: uint64\n          description: Its",
            ),
            "`ThingId` has the format `uint64`",
        ),
        ("openapi: 3.0.3\n  bad".to_owned(), "tiny.yaml:"),
        (
            tiny("openapi: 3.0.3", "openapi: 3.1.0"),
            "tiny.yaml:1: `openapi` must be 3.0.x; progenitor reads no other version",
        ),
    ];
    for (spec, problem) in cases {
        refused(&spec, problem);
    }
}

#[test]
fn a_list_that_cannot_be_walked_is_said_with_its_mend() {
    let spec = fs::read_to_string(root().join("xtask/tests/growth/spec.yaml")).expect("the spec");
    let cases = [
        ("x-desk-paged:", "x-desk-page:", "`x-desk-page` has no effect on the generated code; remove it"),
        ("        items: results\n", "        item: results\n", "`item` is none of items, count, limit"),
        ("        items: results\n", "", "`x-desk-paged` lacks `items`; name it as on the wire"),
        ("items: results", "items: rows", "`items: rows` must name a required list of objects of `OrderPage`"),
        ("count: count", "count: results", "`count: results` must name a required whole number of `OrderPage`"),
        (
            "        limit: page_size",
            "        limit: made__gte",
            "`limit: made__gte` must name an optional whole number",
        ),
        ("offset: skip", "offset: gone", "`offset: gone` must name an optional whole number of the query"),
        ("        id: id\n", "        id: note\n", "`id: note` must name a required whole number of `Order`"),
        ("time: madeAt", "time: due", "`time: due` must name a time of `Order`"),
        ("        time: madeAt\n", "", "a window is one of a time: name that beside it, as `time`"),
        ("until: made__lte", "until: skip", "`until: skip` must name an optional time of the query"),
        ("part: only_state", "part: skip", "`part: skip` must name an optional enumeration of the query"),
        ("operationId: shop_order_list", "operationId: shop_orders", "so that its id must end in `_list`"),
        (
            "operationId: order_get",
            "operationId: shop_order_export",
            "has the name of a method made for `shop_order_list`",
        ),
    ];
    for (old, new, problem) in cases {
        refused(&changed(&spec, old, new), problem);
    }
}

#[test]
fn a_class_that_would_mean_two_things_is_refused() {
    for name in
        ["Steps", "Window", "Response", "Client", "Error", "List", "RawResult", "Outcome", "Time", "ThingGetParams"]
    {
        let error =
            from(&TINY.replace("Thing:", &format!("{name}:")).replace("schemas/Thing\"", &format!("schemas/{name}\"")));
        let error = error.err().unwrap_or_else(|| panic!("accepted: {name}"));
        assert!(error.contains("would mean two things"), "{name}: {error}");
    }
}

/// The flag of an optional `more` would get the name of another property.
#[test]
fn members_that_would_have_one_name_are_refused() {
    let note = "        note:\n";
    let twins = "        more:\n          type: integer\n          format: int64\n          nullable: true\n          description: More.\n        hasMore:\n          type: boolean\n          description: Whether.\n";
    let error = from(&tiny(note, &format!("{twins}{note}"))).err().expect("two members of one name");
    assert!(error.contains("desk_thing_fields.has_more") && error.contains("two things"), "{error}");
    assert!(
        from(&tiny(note, &format!("        fields:\n          type: string\n          description: F.\n{note}")))
            .is_ok()
    );
}

#[test]
fn a_break_of_the_c_abi_is_seen() {
    let before = from(TINY).expect("it can be generated").c_surface;
    let after = |spec: &str| surface::breaks(&before, &from(spec).expect("it can be generated").c_surface);
    let extra = "        extra:\n          type: string\n          description: New.\n";
    let grown =
        tiny("enum: [OLD, NEW]", "enum: [OLD, NEW, NEXT]").replace("    Kind:\n", &format!("{extra}    Kind:\n"));
    assert_eq!(after(&grown), Vec::<String>::new(), "growth is no break");
    let inserted = tiny("        note:\n", &format!("{extra}        note:\n"));
    assert_eq!(after(&inserted), ["member desk_thing_fields[4] note: desk_str"]);
    assert_eq!(
        after(&tiny("enum: [OLD, NEW]", "enum: [NEW, OLD]")),
        ["const DESK_KIND_OLD = 1", "const DESK_KIND_NEW = 2"]
    );
    let removed = after(&tiny(
        "        note:\n          type: string\n          nullable: true\n          description: Its note.\n",
        "",
    ));
    let getter = "fn desk_thing_get_note(thing: *const desk_thing) -> desk_str";
    assert_eq!(removed, [getter, "member desk_thing_fields[4] note: desk_str"]);
}

/// A copy of the files that codegen reads and writes.
fn copy_of_the_repository(name: &str) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&to).ok();
    for dir in [
        "openapi",
        "include",
        "crates/desk-cli/src/generated",
        "crates/desk-client/src/generated",
        "crates/desk-ffi/src/generated",
        "crates/desk-ffi/src",
    ] {
        fs::create_dir_all(to.join(dir)).expect("a folder");
        for entry in fs::read_dir(root().join(dir)).expect("a folder").flatten().filter(|entry| entry.path().is_file())
        {
            fs::copy(entry.path(), to.join(dir).join(entry.file_name())).expect("a copy");
        }
    }
    to
}

#[test]
fn check_writes_nothing_and_write_mends() {
    let copy = copy_of_the_repository("drift");
    command::check(&copy).expect("the copy is current");
    let header = copy.join("include/desk.h");
    let good = fs::read_to_string(&header).expect("the header");
    fs::write(&header, good.replace("desk_version", "desk_vision")).expect("a file");
    fs::write(copy.join("include/stray.h"), "left over").expect("a file");
    let error = command::check(&copy).expect_err("two files are stale").to_string();
    assert_eq!(error, "2 generated files are stale; run `cargo xtask codegen`");
    assert!(copy.join("include/stray.h").exists() && fs::read_to_string(&header).expect("the header") != good);
    command::write(&copy, false).expect("it can be written");
    assert!(!copy.join("include/stray.h").exists() && fs::read_to_string(&header).expect("the header") == good);
}

#[test]
fn write_refuses_a_break_unless_told() {
    let copy = copy_of_the_repository("break");
    let spec = copy.join("openapi/desk.yaml");
    let text = fs::read_to_string(&spec).expect("the spec");
    fs::write(&spec, text.replace("enum: [LOW, MEDIUM, HIGH, URGENT]", "enum: [MEDIUM, HIGH, URGENT]"))
        .expect("a file");
    let before = fs::read_to_string(copy.join("include/desk.h")).expect("the header");
    let error = command::write(&copy, false).expect_err("numbers change").to_string();
    assert!(error.contains("const DESK_PRIORITY_LOW = 1") && error.contains("--allow-abi-break"), "{error}");
    assert_eq!(fs::read_to_string(copy.join("include/desk.h")).expect("the header"), before);
    command::write(&copy, true).expect("told so");
}

/// Checks rules of this repository that no compiler knows.
#[test]
fn hand_written_code_knows_no_resource_and_files_say_what_they_are() {
    let tracked = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output();
    let tracked = String::from_utf8(tracked.expect("git runs").stdout).expect("names");
    let sources: Vec<&str> = tracked.lines().filter(|path| path.ends_with(".rs")).collect();
    assert!(sources.len() > 40, "git lists the sources");
    for path in sources {
        let Ok(text) = fs::read_to_string(root().join(path)) else {
            continue;
        };
        let generated = path.contains("/generated/");
        if generated {
            assert!(text.starts_with("// @generated"), "{path} lacks its mark");
            continue;
        }
        assert!(text.trim_start().starts_with("//!"), "{path} does not say what it owns");
        assert!(text.lines().count() <= 420, "{path} is too long: cut it by concern");
        let runtime = ["desk-cli", "desk-client", "desk-core", "desk-ffi", "desk-json"];
        let runtime = runtime.iter().any(|name| path.starts_with(&format!("crates/{name}/src")));
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in text.lines().filter(|line| runtime && !line.trim_start().starts_with("//")) {
            for name in ["proactive", "chat_message", "ChatMessage", "ticket"] {
                assert!(!line.contains(name), "{path} knows a resource: {line}");
            }
        }
    }
}
