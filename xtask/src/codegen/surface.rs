//! The public surface of the generated code, one line for each item. Reviewers read these
//! snapshots; a line of C that disappears or changes breaks programs built before.

use quote::ToTokens;

/// The C surface: functions, constants, opaque types, and struct members in order.
pub fn c(items: &[syn::Item]) -> Vec<String> {
    let mut lines = Vec::new();
    for item in items {
        match item {
            syn::Item::Const(item) => lines.push(format!("const {} = {}", item.ident, text(&item.expr))),
            syn::Item::Type(item) => lines.push(format!("type {} = {}", item.ident, text(&item.ty))),
            syn::Item::Struct(item) => {
                let members: Vec<_> =
                    item.fields.iter().filter(|field| matches!(field.vis, syn::Visibility::Public(_))).collect();
                if members.is_empty() {
                    lines.push(format!("opaque {}", item.ident));
                }
                let members = members.iter().enumerate();
                lines.extend(members.map(|(place, field)| {
                    let name = field.ident.as_ref().map_or_else(String::new, ToString::to_string);
                    format!("member {}[{place}] {name}: {}", item.ident, text(&field.ty))
                }));
            }
            syn::Item::Fn(item) => lines.push(signature(&item.sig)),
            _ => {}
        }
    }
    lines
}

/// Lines of `old` that `new` lacks.
pub fn breaks(old: &[String], new: &[String]) -> Vec<String> {
    old.iter().filter(|line| !new.contains(line)).cloned().collect()
}

/// The Rust surface: the public methods in `methods`, the public functions and constants of `modules`
/// by name, and the fields and variants of the types in `types`.
pub fn rust(methods: &str, modules: &[(&str, &str)], types: &[&str]) -> syn::Result<Vec<String>> {
    let is_public = |vis: &syn::Visibility| matches!(vis, syn::Visibility::Public(_));
    let mut lines = Vec::new();
    for item in syn::parse_file(methods)?.items {
        let syn::Item::Impl(block) = item else { continue };
        lines.extend(block.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(function) if is_public(&function.vis) => Some(signature(&function.sig)),
            _ => None,
        }));
    }
    for (module, source) in modules {
        for item in syn::parse_file(source)?.items {
            match item {
                syn::Item::Fn(function) if is_public(&function.vis) => {
                    lines.push(format!("{module}::{}", signature(&function.sig)));
                }
                syn::Item::Const(constant) if is_public(&constant.vis) => {
                    lines.push(format!("{module}::{}: {}", constant.ident, text(&constant.ty)));
                }
                _ => {}
            }
        }
    }
    for source in types {
        fields(&syn::parse_file(source)?.items, &mut lines);
    }
    Ok(lines)
}

fn fields(items: &[syn::Item], lines: &mut Vec<String>) {
    for item in items {
        match item {
            syn::Item::Mod(module) if module.ident == "types" => {
                fields(module.content.as_ref().map_or(&[], |content| content.1.as_slice()), lines);
            }
            syn::Item::Struct(item) => {
                let named = item.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, text(&field.ty))));
                lines.extend(named.map(|(name, ty)| format!("field {}.{name}: {ty}", item.ident)));
            }
            syn::Item::Macro(item) => {
                let body = text(&item.mac.tokens);
                let enums = body.split("pub enum ").skip(1).filter_map(|one| one.split_once('}'));
                lines.extend(enums.map(|(one, _)| format!("enum {one}}}")));
            }
            _ => {}
        }
    }
}

fn signature(sig: &syn::Signature) -> String {
    text(sig).replace("unsafe extern \"C\" ", "").replace("extern \"C\" ", "")
}

fn text(tokens: &impl ToTokens) -> String {
    tidy(&tokens.to_token_stream().to_string())
}

/// Removes spaces and module paths from the text of tokens, so that readers see plain names.
fn tidy(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (long, short) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" ,", ","),
        (" :", ":"),
        ("& ", "&"),
        ("* ", "*"),
        ("- >", "->"),
    ] {
        text = text.replace(long, short);
    }
    for path in [
        "::std::option::",
        "::std::string::",
        "::std::vec::",
        "chrono::offset::",
        "chrono::",
        "crate::generated::enums::",
        "types::",
    ] {
        text = text.replace(path, "");
    }
    for (long, short) in [
        ("<::", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (",>", ">"),
        ("( ", "("),
        (" )", ")"),
        (",)", ")"),
        (" (", "("),
        (" ::", " "),
    ] {
        text = text.replace(long, short);
    }
    text
}
