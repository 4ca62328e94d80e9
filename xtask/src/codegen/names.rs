//! Spells a name of the spec in each language.
//!
//! Wire names become snake case everywhere; a word that a language reserves gets a trailing
//! underscore in that language only.

use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};

/// `userSendbirdId` → `user_sendbird_id`, `created_at__gte` → `created_at_gte`.
pub fn snake(wire: &str) -> String {
    wire.to_snake_case()
}

/// `FACEBOOK_FEED` → `FacebookFeed`.
pub fn pascal(wire: &str) -> String {
    let name = wire.to_pascal_case();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("V{name}") } else { name }
}

/// `desk_` + snake case: the C name of a schema.
pub fn c_type(schema: &str) -> String {
    format!("desk_{}", snake(schema))
}

/// `DESK_` + upper case: a C constant.
pub fn c_const(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| part.to_shouty_snake_case()).collect();
    format!("DESK_{}", parts.join("_"))
}

const RUST: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while", "abstract",
    "become", "do", "final", "macro", "override", "priv", "try", "typeof", "unsized", "virtual", "yield",
];

const CPP: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "asm",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "concept",
    "const",
    "consteval",
    "constexpr",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "nullptr",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
    "xor",
    // Not reserved, but used by every generated class and method.
    "c_body",
    "c_iter_options",
    "c_options",
    "c_params",
    "c_ptr",
    "fields",
    "c_value",
    "response",
    "scratch",
];

/// A Rust field, argument or method name.
pub fn rust(snake: &str) -> String {
    escaped(snake, RUST)
}

/// A C struct field; the name must also be legal in Rust, which declares it, and in C++, which
/// includes the header.
pub fn c_field(snake: &str) -> String {
    let name = escaped(snake, CPP);
    if RUST.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// A C++ method or argument name.
pub fn cpp(snake: &str) -> String {
    escaped(snake, CPP)
}

/// Prose in lines of at most `width` characters; an empty text is one empty line.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(last) if line == 0 => last.push_str(word),
            Some(last) if line + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn escaped(name: &str, reserved: &[&str]) -> String {
    if reserved.contains(&name) { format!("{name}_") } else { name.to_owned() }
}
