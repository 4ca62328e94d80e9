//! C ABI → `include/desk.h`: cbindgen over the sources of desk-ffi, with the rules of the ABI at
//! the top and the macros that cbindgen cannot write.
//!
//! cbindgen reads the sources as text, in the order in which a C reader wants them, and compiles no
//! code.

use std::fs;
use std::process;

use anyhow::{Context, Result, bail};
use cbindgen::{Braces, Builder, Config, DocumentationStyle, Language, Style};

use super::names;

/// Hand-written sources of desk-ffi that the header shows, in its order.
pub const RUNTIME: [&str; 14] = [
    "text", "status", "version", "failure", "error", "response", "cancel", "op", "queue", "options", "export", "log",
    "client", "raw",
];

const RULES: &str = include_str!("../../templates/desk_h_rules.txt");

const MACROS: &str = r#"
/** A desk_str from a literal: DESK_STR_LIT("text"). The compiler computes its length; it may contain NULs. */
#ifdef __cplusplus
#define DESK_STR_LIT(text) desk_str { "" text, sizeof("" text) - 1 }
#else
#define DESK_STR_LIT(text) ((desk_str) { "" text, sizeof("" text) - 1 })
#endif

/** Like DESK_STR_LIT for initialisers, also static ones: static const desk_str greeting = DESK_STR_INIT("hello"); */
#define DESK_STR_INIT(text) { "" text, sizeof("" text) - 1 }

/** Initialiser of an absent text. */
#define DESK_STR_ABSENT { NULL, 0 }
"#;

/// The items of the sources that C sees: public constants, types and structs, and extern functions
/// without their bodies.
pub fn items(sources: &[(String, String)]) -> Result<Vec<syn::Item>> {
    let mut items = Vec::new();
    for (name, text) in sources {
        let file = syn::parse_file(text).with_context(|| format!("{name}.rs of desk-ffi"))?;
        items.extend(file.items.into_iter().filter_map(|mut item| {
            let public = match &mut item {
                syn::Item::Const(item) => &item.vis,
                syn::Item::Type(item) => &item.vis,
                syn::Item::Struct(item) => &item.vis,
                syn::Item::Fn(item) if item.sig.abi.is_some() => {
                    item.block.stmts.clear();
                    &item.vis
                }
                _ => return None,
            };
            matches!(public, syn::Visibility::Public(_)).then_some(item)
        }));
    }
    Ok(items)
}

/// The header of these items.
pub fn emit(items: &[syn::Item], version: &str) -> Result<String> {
    let text = prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: items.to_vec(),
    });
    let config = Config {
        language: Language::C,
        cpp_compat: true,
        include_guard: Some("DESK_H".to_owned()),
        header: Some(RULES.trim_end().to_owned()),
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"].map(str::to_owned).to_vec(),
        no_includes: true,
        after_includes: Some(format!("{}{MACROS}", version_macros(version)?)),
        trailer: Some(init_macros(items)?),
        braces: Braces::SameLine,
        line_length: 120,
        tab_width: 2,
        documentation_style: DocumentationStyle::Doxy,
        style: Style::Both,
        usize_is_size_t: true,
        ..Config::default()
    };
    // cbindgen reads files only.
    let file = std::env::temp_dir().join(format!("desk-header-{}-{:p}.rs", process::id(), &text));
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    let bindings = Builder::new().with_config(config).with_src(&file).generate();
    fs::remove_file(&file).ok();
    let mut header = Vec::new();
    bindings.context("cbindgen")?.write(&mut header);
    let header = String::from_utf8(header).context("the header is not UTF-8")?;
    Ok(header.lines().map(|line| format!("{}\n", line.trim_end())).collect())
}

fn version_macros(version: &str) -> Result<String> {
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().context("version")).collect::<Result<_>>()?;
    let [major, minor, patch] = parts[..] else { bail!("version `{version}` is not MAJOR.MINOR.PATCH") };
    Ok(format!(
        "\n/** The version of this header; desk_version() returns the version of the library. */\n\
         #define DESK_VERSION \"{version}\"\n\
         /** The major version of this header. */\n\
         #define DESK_VERSION_MAJOR {major}\n\
         /** The minor version of this header. */\n\
         #define DESK_VERSION_MINOR {minor}\n\
         /** The patch version of this header. */\n\
         #define DESK_VERSION_PATCH {patch}\n\
         /** MAJOR * 10000 + MINOR * 100 + PATCH, for comparisons. */\n\
         #define DESK_VERSION_NUM {}\n",
        major * 10_000 + minor * 100 + patch
    ))
}

/// An INIT macro for every struct that begins with its size. The macro has every member, because an
/// initialiser without some members is a warning in C, and designators are not C++17.
fn init_macros(items: &[syn::Item]) -> Result<String> {
    let mut macros = String::new();
    for item in items {
        let syn::Item::Struct(item) = item else { continue };
        let fields: Vec<_> = item.fields.iter().collect();
        if fields.first().and_then(|field| field.ident.as_ref()).is_none_or(|name| name != "struct_size") {
            continue;
        }
        let name = item.ident.to_string();
        let stem = name.strip_prefix("desk_").with_context(|| format!("struct `{name}` has no prefix"))?;
        let values: Vec<String> = fields.iter().skip(1).map(|field| initial(&field.ty)).collect::<Result<_>>()?;
        macros += &format!(
            "\n/** The initialiser of a {name}. */\n#define {} \\\n  {{ sizeof({name}), {} }}\n",
            names::c_const(&[stem, "init"]),
            values.join(", ")
        );
    }
    Ok(macros)
}

/// The C initialiser of an absent value.
fn initial(ty: &syn::Type) -> Result<String> {
    let text = match ty {
        syn::Type::Ptr(_) => "NULL",
        syn::Type::Array(_) => "{ 0 }",
        ty => match quote::quote!(#ty).to_string().as_str() {
            "desk_str" => "DESK_STR_ABSENT",
            "bool" => "false",
            "f64" => "0.0",
            "i32" | "i64" | "usize" => "0",
            other => bail!("no initialiser is known for `{other}`"),
        },
    };
    Ok(text.to_owned())
}
