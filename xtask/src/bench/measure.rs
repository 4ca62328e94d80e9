//! Measures programs that do the same work, in turn, against one server.
//!
//! A program prints words `name=value`; the launcher adds the cost of the run.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::output;
use super::programs::Programs;

/// The figures of one program in one setting, from every round.
pub(super) struct Row {
    pub(super) setting: &'static str,
    pub(super) program: String,
    /// Number of messages or calls in a run.
    pub(super) units: u64,
    runs: Vec<Figures>,
}

type Figures = BTreeMap<String, String>;

impl Row {
    /// The median of a figure; `None` if the program does not report it.
    pub(super) fn median(&self, name: &str) -> Option<f64> {
        let values: Option<Vec<f64>> = self.runs.iter().map(|run| run.get(name)?.parse().ok()).collect();
        let mut values = values?;
        values.sort_by(f64::total_cmp);
        let (low, high) = (values.get((values.len() - 1) / 2)?, values.get(values.len() / 2)?);
        Some((low + high) / 2.0)
    }
}

/// Programs that do the same work.
pub(super) struct Setting<'a> {
    pub(super) name: &'static str,
    pub(super) programs: Vec<Run<'a>>,
    pub(super) units: u64,
    /// The folder that the programs write rows to, if any; the sum then comes from its files.
    pub(super) output: Option<PathBuf>,
}

/// A program with its arguments.
pub(super) struct Run<'a> {
    pub(super) program: &'a (String, PathBuf),
    pub(super) arguments: Vec<String>,
}

/// Runs a setting's programs in turn; each round starts with a different program.
pub(super) fn measure(programs: &Programs, server: &Server, setting: &Setting<'_>, rounds: usize) -> Result<Vec<Row>> {
    eprintln!("{}, {rounds} rounds", setting.name);
    let row = |program: &String| Row {
        setting: setting.name,
        program: program.clone(),
        units: setting.units,
        runs: Vec::new(),
    };
    let mut rows: Vec<Row> = setting.programs.iter().map(|run| row(&run.program.0)).collect();
    let count = rows.len();
    for turn in 0..rounds * count {
        let index = (turn / count + turn) % count;
        let Run { program: (name, program), arguments } = &setting.programs[index];
        let before = server.connections()?;
        if let Some(folder) = &setting.output {
            output::clear(folder)?;
        }
        let mut command = Command::new(&programs.launch);
        command.arg(program).args(arguments).env("DESK_API_TOKEN", "bench");
        let printed = command.stderr(Stdio::inherit()).output()?;
        ensure!(printed.status.success(), "{name} failed: {}", program.display());
        let mut figures: Figures = String::from_utf8_lossy(&printed.stdout)
            .split_whitespace()
            .filter_map(|word| word.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        // The request for the count is itself one connection.
        figures.insert("connections".to_owned(), (server.connections()? - before - 1).to_string());
        if let Some(folder) = &setting.output {
            figures.insert("sum".to_owned(), output::sum(folder)?);
        }
        rows[index].runs.push(figures);
    }
    let sums: Vec<_> =
        rows.iter().flat_map(|row| row.runs.iter().map(move |run| (&row.program, run.get("sum")))).collect();
    let wanted = sums.last().and_then(|(_, sum)| *sum).context("no program printed a sum")?;
    for (program, sum) in &sums {
        ensure!(*sum == Some(wanted), "{}: {program} read something else: {sum:?}, not {wanted}", setting.name);
    }
    Ok(rows)
}

/// Spins on every CPU until dropped.
pub(super) fn awake(spin: &Path) -> Result<Vec<Running>> {
    let cpus = std::thread::available_parallelism().context("the number of CPUs")?.get();
    (0..cpus).map(|cpu| Ok(Running(Command::new(spin).arg(cpu.to_string()).spawn()?))).collect()
}

/// A child that ends when dropped.
pub(super) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // The child may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(super) struct Server {
    pub(super) http: String,
    pub(super) https: String,
    /// Base URL of the service that takes 20 ms for each page.
    pub(super) slow: String,
    pub(super) ca: String,
    port: u16,
    _child: Running,
}

impl Server {
    pub(super) fn start(programs: &Programs, messages: u64, shape: &str) -> Result<Server> {
        let ca = programs.dir.join("ca.pem").display().to_string();
        let mut command = Command::new(&programs.server);
        command.args([&messages.to_string(), shape, &ca]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Running(command.spawn().context("the server")?);
        let mut line = String::new();
        BufReader::new(child.0.stdout.take().context("a pipe")?).read_line(&mut line)?;
        let ports: Value = serde_json::from_str(&line).context("the server did not tell its ports")?;
        let port = |name: &str| ports[name].as_u64().and_then(|port| u16::try_from(port).ok()).context("a port");
        let (http, https) = (port("http")?, port("https")?);
        Ok(Server {
            http: format!("http://127.0.0.1:{http}/platform/v1"),
            slow: format!("http://127.0.0.1:{http}/slow/platform/v1"),
            https: format!("https://localhost:{https}/platform/v1"),
            ca,
            port: http,
            _child: child,
        })
    }

    /// The number of connections so far.
    fn connections(&self) -> Result<u64> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.write_all(b"GET /connections HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        answer.rsplit("\r\n").next().and_then(|body| body.parse().ok()).context("the server's count of connections")
    }
}
