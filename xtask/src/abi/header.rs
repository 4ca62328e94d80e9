//! desk.h as data: its functions, structs, types and constants, and their layout as the C compiler sees it.
//!
//! The parser reads the regular text that cbindgen writes, not C in general: it reports text that
//! it does not know as an error and never skips it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::toolchain::{c_compiler, finish, output};

/// The declarations of a header.
#[derive(Debug, Default)]
pub struct Header {
    /// Signatures by name: the type of the result, then those of the arguments.
    pub functions: BTreeMap<String, String>,
    structs: Vec<Struct>,
    /// Typedefs other than structs with members, as written.
    types: Vec<(String, String)>,
    /// Names of the constants whose values are whole numbers.
    constants: Vec<String>,
}

#[derive(Debug)]
struct Struct {
    name: String,
    /// Type and name.
    members: Vec<(String, String)>,
}

impl Header {
    /// Reads desk.h in a folder.
    pub fn read(include: &Path) -> Result<Header> {
        let path = include.join("desk.h");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Header::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Header> {
        let mut header = Header::default();
        let mut code = String::new();
        for line in without_comments(text).replace("\\\n", " ").lines() {
            if let Some(macros) = line.strip_prefix("#define ") {
                let (name, value) = macros.split_once(' ').unwrap_or((macros, ""));
                // The numbers of the version change with each release.
                if value.trim().parse::<i64>().is_ok() && !name.starts_with("DESK_VERSION_") {
                    header.constants.push(name.to_owned());
                }
            } else if !line.starts_with('#') && !line.starts_with("extern \"C\"") && line.trim() != "}" {
                code += line;
                code.push('\n');
            }
        }
        for declaration in declarations(&code) {
            header.add(&declaration).with_context(|| format!("`{declaration}`"))?;
        }
        ensure!(
            !header.functions.is_empty() && !header.constants.is_empty(),
            "no functions or no constants were found"
        );
        Ok(header)
    }

    fn add(&mut self, declaration: &str) -> Result<()> {
        if let Some(typedef) = declaration.strip_prefix("typedef ") {
            match typedef.split_once('{') {
                Some((start, rest)) => {
                    let (body, name) = rest.split_once('}').context("a struct without an end")?;
                    ensure!(start.starts_with("struct "), "only structs with members are known");
                    let members = body.split(';').map(str::trim).filter(|member| !member.is_empty());
                    let members = members.map(member).collect::<Result<_>>()?;
                    self.structs.push(Struct { name: name.trim().to_owned(), members });
                }
                None => {
                    let (ty, name) = member(typedef)?;
                    let opaque = ty == format!("struct {name}");
                    self.types.push((name, if opaque { "opaque".to_owned() } else { ty }));
                }
            }
        } else {
            let (start, rest) = declaration.split_once('(').context("neither a type nor a function")?;
            let (result, name) = member(start)?;
            let arguments = rest.strip_suffix(')').context("a function without an end")?;
            let types = arguments.split(',').map(|argument| match argument.trim() {
                "void" => Ok("void".to_owned()),
                argument => member(argument).map(|(ty, _)| ty),
            });
            let types: Vec<String> = types.collect::<Result<_>>()?;
            self.functions.insert(name, format!("{result} ({})", types.join(", ")));
        }
        Ok(())
    }

    /// Compiles and runs a program that prints one line for each fact.
    pub fn layout(&self, include: &Path, work: &Path) -> Result<String> {
        ensure!(size_of::<usize>() == 8, "abi/ is written and checked on machines with 64-bit pointers");
        let mut body = String::new();
        for name in &self.constants {
            writeln!(body, r#"  printf("const {name} = %lld\n", (long long){name});"#)?;
        }
        for (name, text) in &self.types {
            writeln!(body, r#"  puts("type {name} = {text}");"#)?;
        }
        for Struct { name, members } in &self.structs {
            writeln!(
                body,
                r#"  printf("struct {name} = %zu bytes, aligned to %zu\n", sizeof({name}), _Alignof({name}));"#
            )?;
            for (ty, member) in members {
                let (from, size) = (format!("offsetof({name}, {member})"), format!("sizeof((({name} *)0)->{member})"));
                writeln!(body, r#"  printf("member {name}.{member} = %zu..%zu {ty}\n", {from}, {from} + {size});"#)?;
            }
        }
        let text = format!("#include \"desk.h\"\n#include <stdio.h>\nint main(void) {{\n{body}  return 0;\n}}\n");
        let (source, program) = (work.join("layout.c"), work.join("layout"));
        fs::write(&source, text).with_context(|| format!("cannot write {}", source.display()))?;
        finish(Command::new(c_compiler()?).args(["-std=c11", "-I"]).arg(include).arg(&source).arg("-o").arg(&program))?;
        output(&mut Command::new(&program))
    }
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code += rest;
    code.lines().map(|line| format!("{}\n", line.split("//").next().unwrap_or(line))).collect()
}

/// The declarations: pieces that end in a semicolon outside braces, each on one line with single
/// spaces.
fn declarations(code: &str) -> Vec<String> {
    let (mut found, mut current, mut depth) = (Vec::new(), String::new(), 0_usize);
    for character in code.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => {
                found.push(current.split_whitespace().collect::<Vec<_>>().join(" "));
                current.clear();
                continue;
            }
            _ => {}
        }
        current.push(character);
    }
    found
}

/// Type and name of `const char *name`, `int32_t name[4]` or `void (*name)(int)`.
fn member(text: &str) -> Result<(String, String)> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let head = match text.split_once("(*") {
        Some((before, after)) => {
            let end = after.find(|character| !is_name(character)).context("a pointer to a function without a name")?;
            before.len() + 2 + end
        }
        None => text.split_once('[').map_or(text.len(), |(before, _)| before.len()),
    };
    let (head, tail) = text.split_at(head);
    let start = head.rfind(|character| !is_name(character)).context("a type without a name")? + 1;
    let (ty, name) = head.split_at(start);
    if name.is_empty() {
        bail!("a member without a name");
    }
    Ok((format!("{}{tail}", ty.trim_end()), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cbindgen_writes_is_read() {
        let text = "/** doc; with { */\n#define DESK_A 1 // one\n#define DESK_VERSION_MAJOR 0\n#define DESK_INIT \\\n  { 0 }\n\
                    typedef struct desk_o desk_o;\ntypedef int32_t desk_status;\n\
                    typedef void (*desk_fn)(void *user,\n  int x);\n\
                    typedef struct desk_s {\n  const struct desk_o *at;\n  char id[16];\n  int (*call)(void);\n} desk_s;\n\
                    #ifdef __cplusplus\nextern \"C\" {\n#endif\nstruct desk_s *desk_f(const char *a,\n  int b);\n\
                    #ifdef __cplusplus\n}  // extern \"C\"\n#endif\n";
        let header = Header::parse(text).expect("a header");
        assert_eq!(header.constants, ["DESK_A"]);
        assert_eq!(header.functions["desk_f"], "struct desk_s * (const char *, int)");
        let types = [("desk_o", "opaque"), ("desk_status", "int32_t"), ("desk_fn", "void (*)(void *user, int x)")];
        assert_eq!(header.types, types.map(|(name, text)| (name.to_owned(), text.to_owned())));
        let members = [("const struct desk_o *", "at"), ("char[16]", "id"), ("int (*)(void)", "call")];
        assert_eq!(header.structs[0].members, members.map(|(ty, name)| (ty.to_owned(), name.to_owned())));
        let unknown = Header::parse("#define DESK_A 1\ntypedef enum desk_e { DESK_B } desk_e;\n");
        assert!(format!("{:#}", unknown.expect_err("an enum")).contains("only structs with members are known"));
    }
}
