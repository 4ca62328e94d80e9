//! Units of one C++ program that are compiled with different standards, with and without
//! exceptions, and pass objects to each other.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};

use support::{chat, flaky_list, library_dir, out_dir, program};
use testkit::{Language, Run, Server, compilers};

const LEVELS: [&str; 2] = ["-O0", "-O2"];
/// The standards of the program and of the library in it.
const STANDARDS: [[&str; 2]; 2] = [["c++20", "c++17"], ["c++17", "c++20"]];
const EXCEPTIONS: [&str; 2] = ["-fexceptions", "-fno-exceptions"];

fn object(compiler: &str, unit: &str, standard: &str, flags: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c").join(format!("modes_{unit}.cpp"));
    let program = program(compiler, standard).flag("-c").source(source);
    let program = flags.iter().fold(program, |program, flag| program.flag(flag));
    program.build(&out_dir().join(format!("modes-{unit}-{compiler}-{standard}{}.o", flags.concat())))
}

#[test]
fn units_of_different_modes_share_objects() {
    let (chats, list) = (Server::start(chat), flaky_list());
    for compiler in compilers(Language::Cpp) {
        for (level, [own, other]) in LEVELS.into_iter().flat_map(|level| STANDARDS.map(|standards| (level, standards)))
        {
            let main = object(compiler, "main", own, &[level]);
            for exceptions in EXCEPTIONS {
                let library = object(compiler, "library", other, &[level, exceptions]);
                // The linker takes each function from the first unit that has it.
                for order in [[&main, &library], [&library, &main]] {
                    let program = order.into_iter().fold(program(compiler, own), |program, unit| program.source(unit));
                    let program = program.link(&library_dir(), "desk").build(&out_dir().join("modes"));
                    Run::of(&program, &[&chats.url(), &list.url()], &[]).text();
                }
            }
        }
    }
}

/// gcc compares the types of both units when it links them.
#[test]
fn units_of_different_modes_have_the_same_types() {
    let flags = ["-flto", "-O1"];
    let with_gcc = compilers(Language::Cpp).contains(&"g++");
    for exceptions in EXCEPTIONS.into_iter().filter(|_| with_gcc) {
        let main = object("g++", "main", "c++20", &flags);
        let library = object("g++", "library", "c++17", &[&flags[..], &[exceptions]].concat());
        let program = ["-flto", "-Wodr", "-Wlto-type-mismatch"]
            .iter()
            .fold(program("g++", "c++20"), |program, flag| program.flag(flag));
        program.source(main).source(library).link(&library_dir(), "desk").build(&out_dir().join("modes-odr"));
    }
}
