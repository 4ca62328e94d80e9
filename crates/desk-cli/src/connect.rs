//! The service and the token: from options, variables, the credentials file, or a running emulator
//! of this user.
//!
//! A token must never be an argument. A token from the credentials file must only go to the address
//! of its own profile.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use desk_client::{Builder, Client, Observer};
use zeroize::Zeroizing;

use crate::credentials;
use crate::error::{Error, Exit, Result};
use crate::output::message;
use crate::{files, local};

const TOKEN_VARIABLE: &str = "DESK_API_TOKEN";
const HEADING: &str = "Connection";
/// The time for an attempt of a request with many recipients.
const ATTEMPT: Duration = Duration::from_secs(60);

/// Adds the options of every command that connects.
pub(crate) fn arguments(command: Command) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading(HEADING)
    };
    command
        .arg(
            option("application-id", "ID", "Application (dashboard: Settings, Application, General)")
                .env("DESK_APPLICATION_ID")
                .hide_env_values(true),
        )
        .arg(
            option("base-url", "URL", "Address to use instead of the service's own")
                .env("DESK_BASE_URL")
                .hide_env_values(true),
        )
        .arg(
            option("profile", "NAME", "Profile of the credentials file [default: default]")
                .env("DESK_PROFILE")
                .hide_env_values(true),
        )
        .arg(
            option(
                "token-file",
                "FILE",
                "File with the API token, `-` for stdin; else DESK_API_TOKEN or the profile's",
            )
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(json())
}

/// The option `--json` of every command.
pub(crate) fn json() -> Arg {
    Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print results and errors as one line of JSON")
}

/// A service and its token.
pub(crate) struct Connection {
    application_id: String,
    base_url: Option<String>,
    token: Zeroizing<String>,
}

/// The value of an option; an explicit profile takes precedence over `variables`.
fn given(matches: &ArgMatches, name: &str, variables: bool) -> Option<String> {
    use clap::parser::ValueSource;
    let from_variable = matches.value_source(name) == Some(ValueSource::EnvVariable);
    let value = matches.get_one::<String>(name).filter(|value| !value.is_empty());
    value.filter(|_| variables || !from_variable).cloned()
}

impl Connection {
    pub(crate) fn new(matches: &ArgMatches) -> Result<Connection> {
        let asked = matches.get_one::<String>("profile").filter(|name| !name.is_empty());
        let variables = asked.is_none();
        let (mut application_id, mut base_url) =
            (given(matches, "application-id", variables), given(matches, "base-url", variables));
        let mut token = match matches.get_one::<PathBuf>("token-file") {
            Some(file) => Some(read_token(file)?),
            None => {
                std::env::var(TOKEN_VARIABLE).ok().filter(|token| variables && !token.is_empty()).map(Zeroizing::new)
            }
        };
        let addressed = application_id.is_some() || base_url.is_some();
        if token.is_none() || !addressed || asked.is_some() {
            let name = asked.map_or("default", String::as_str);
            if let Some(profile) = credentials::profile(name, asked.is_some())? {
                let other = differs(&application_id, &profile.application_id) || differs(&base_url, &profile.base_url);
                if token.is_none() && addressed && (other || !profile.is_addressed()) {
                    return Err(not_for_others(name));
                }
                if !addressed {
                    (application_id, base_url) = (profile.application_id.clone(), profile.base_url.clone());
                }
                token = token.or_else(|| profile.api_token.clone().map(Zeroizing::new));
            }
        }
        if token.is_none()
            && !addressed
            && asked.is_none()
            && base_url.is_none()
            && application_id.is_none()
            && let Some(local) = local::running()?
        {
            message(&format!("using the emulator at {}: no other service is configured", local.base_url));
            (base_url, token) = (Some(local.base_url), Some(local.token));
        }
        let Some(token) = token else {
            let error = Error::new(Exit::Auth, "credentials", "there is no API token").unsent();
            return Err(error.hint(format!(
                "give --token-file FILE, set {TOKEN_VARIABLE}, or write api_token into {}{}",
                credentials::place(),
                if cfg!(feature = "emulator") { "; to try it, run `desk emulator --demo --detach`" } else { "" },
            )));
        };
        if application_id.is_none() && base_url.is_none() {
            let error = Error::usage("no application is given").unsent();
            return Err(
                error.hint("give --application-id ID (dashboard: Settings, Application, General) or --base-url URL")
            );
        }
        Ok(Connection { application_id: application_id.unwrap_or_default(), base_url, token })
    }

    pub(crate) fn client(&self) -> Result<Client> {
        self.build(None)
    }

    pub(crate) fn observed(&self, observer: Arc<dyn Observer>) -> Result<Client> {
        self.build(Some(observer))
    }

    /// A client for requests with many recipients, which may take an attempt's whole time.
    pub(crate) fn patient(&self, observer: Arc<dyn Observer>) -> Result<Client> {
        Ok(self.builder().attempt_timeout(ATTEMPT).idle_timeout(ATTEMPT).observer(observer).build()?)
    }

    /// The address or the application id, without the token: exports and ledgers belong to it.
    pub(crate) fn service(&self) -> String {
        self.base_url.clone().unwrap_or_else(|| self.application_id.clone())
    }

    fn builder(&self) -> Builder {
        let mut builder = Client::builder(&self.application_id)
            .api_token(self.token.as_str())
            .user_agent(concat!("desk-cli/", env!("CARGO_PKG_VERSION")));
        if let Some(url) = &self.base_url {
            builder = builder.base_url(url);
        }
        builder
    }

    fn build(&self, observer: Option<Arc<dyn Observer>>) -> Result<Client> {
        let mut builder = self.builder();
        if let Some(observer) = observer {
            builder = builder.observer(observer);
        }
        Ok(builder.build()?)
    }
}

fn differs(given: &Option<String>, own: &Option<String>) -> bool {
    given.as_ref().is_some_and(|given| own.as_ref() != Some(given))
}

fn not_for_others(name: &str) -> Error {
    let what = format!("the token of the profile `{name}` is for another address than the given one");
    Error::new(Exit::Auth, "credentials", what)
        .unsent()
        .hint("give the token of this address by --token-file or DESK_API_TOKEN, or choose its --profile")
}

/// Reads a token from a file or stdin, without the line end.
fn read_token(file: &Path) -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = files::read(file, &mut bytes);
    let text = read.and_then(|()| std::str::from_utf8(&bytes).map_err(|_| ErrorKind::InvalidData.into()));
    let text = text.map_err(|error| Error {
        exit: Exit::Auth,
        kind: "credentials",
        ..Error::io("read the token from", file, &error)
    })?;
    Ok(Zeroizing::new(text.trim_end().to_owned()))
}
