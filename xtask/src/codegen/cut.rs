//! Cuts progenitor's module to the parts that desk-client needs: the types, and functions that
//! build requests.
//!
//! The part of each method that builds the request stays; sending, hooks and decoding go, because
//! `desk_core::Client::send` does these. The module refuses each unknown part of a method by name,
//! so that a new version of progenitor cannot slip code through.

use anyhow::{Context, Result, anyhow, bail};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Expr, FnArg, ImplItem, ImplItemFn, Item, Stmt, Token};

/// The types and the requests in `file`.
pub fn cut(file: syn::File) -> Result<syn::File> {
    let (mut types, mut requests) = (Vec::new(), Vec::new());
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => types.push(module),
            Item::Impl(block) if block.trait_.is_none() => {
                let methods = block.items.into_iter().filter_map(|item| match item {
                    // The constructors are not async.
                    ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some(method),
                    _ => None,
                });
                for method in methods {
                    let name = method.sig.ident.to_string();
                    requests.push(request(method).with_context(|| format!("progenitor's method `{name}`"))?);
                }
            }
            // Imports, the client, the traits that it implements, and a prelude.
            Item::Use(_) | Item::Struct(_) | Item::Impl(_) | Item::Const(_) => {}
            Item::Mod(module) if module.ident == "prelude" => {}
            other => bail!("progenitor made an item that cut.rs does not know: `{}`", start(&other)),
        }
    }
    syn::parse2(quote! {
        #[allow(unused_imports)]
        use desk_core::request::{Parts, encode_segment};
        #[allow(unused_imports)]
        use desk_core::Error;

        #(#types)*
        #(#requests)*
    })
    .context("progenitor's output, cut")
}

/// The function that builds the request of a method.
fn request(method: ImplItemFn) -> Result<TokenStream> {
    let (name, generics) = (&method.sig.ident, &method.sig.generics);
    let arguments = method.sig.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_)));
    let (mut path, mut parts) = (None, None);
    for statement in method.block.stmts {
        match statement {
            Stmt::Local(local) => {
                let pattern = match &local.pat {
                    syn::Pat::Ident(pattern) => pattern.ident.to_string(),
                    other => bail!("`let {}` is unknown", start(other)),
                };
                let value = local.init.map(|init| *init.expr);
                match (pattern.as_str(), value) {
                    ("url", Some(value)) => path = Some(self::path(value)?),
                    ("header_map", _) => {}
                    ("request", Some(value)) => {
                        parts = Some(self::parts(value, path.as_ref().context("it has no `url`")?)?);
                        // The rest of the method sends the request.
                        break;
                    }
                    (other, _) => bail!("`let {other}` is unknown"),
                }
            }
            Stmt::Expr(Expr::MethodCall(call), _) if is_name(&call.receiver, "header_map") => {}
            other => bail!("a statement is unknown: `{}`", start(&other)),
        }
    }
    let parts = parts.context("it builds no request")?;
    Ok(quote! {
        pub fn #name #generics(#(#arguments),*) -> Result<Parts, Error> {
            Ok(#parts)
        }
    })
}

/// `format!("{}/a/{}", self.baseurl, encode_path(..))` → `format!("/a/{}", encode_segment(..))`.
fn path(value: Expr) -> Result<TokenStream> {
    let unknown = || anyhow!("its path is unknown");
    let Expr::Macro(format) = value else { return Err(unknown()) };
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(format.mac.tokens)?;
    let mut arguments = arguments.into_iter();
    let text = match arguments.next() {
        Some(Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => text.value(),
        _ => return Err(unknown()),
    };
    let base: Expr = syn::parse_quote!(self.baseurl);
    if !format.mac.path.is_ident("format") || arguments.next() != Some(base) {
        return Err(unknown());
    }
    let text = text.strip_prefix("{}").ok_or_else(unknown)?;
    let mut segments: Vec<Expr> = arguments.collect();
    segments.iter_mut().for_each(|segment| Encode.visit_expr_mut(segment));
    if segments.is_empty() && !text.contains(['{', '}']) {
        return Ok(quote!(#text));
    }
    Ok(quote!(format!(#text, #(#segments),*)))
}

struct Encode;

impl VisitMut for Encode {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.is_ident("encode_path") {
            *path = syn::parse_quote!(encode_segment);
        }
    }
}

/// Turns the calls of reqwest's builder, one by one, into calls of `Parts`.
fn parts(value: Expr, path: &TokenStream) -> Result<TokenStream> {
    let call = match value {
        Expr::Try(inner) => return parts(*inner.expr, path),
        Expr::MethodCall(call) => call,
        other => bail!("`{}` in its request is unknown", start(&other)),
    };
    let method = call.method.to_string();
    let arguments: Vec<&Expr> = call.args.iter().collect();
    let client: Expr = syn::parse_quote!(self.client);
    if *call.receiver == client {
        return match (method.as_str(), arguments.as_slice()) {
            ("get" | "head" | "post" | "put" | "patch" | "delete", [url]) if is_name(url, "url") => {
                Ok(quote!(Parts::new(#path)))
            }
            _ => bail!("`self.client.{method}` is unknown"),
        };
    }
    let before = |path| parts((*call.receiver).clone(), path);
    Ok(match (method.as_str(), arguments.as_slice()) {
        ("build", []) => before(path)?,
        ("headers", [map]) if is_name(map, "header_map") => before(path)?,
        ("header", [name, value]) if is_accept_json(name, value) => {
            let before = before(path)?;
            quote!(#before.accept_json())
        }
        ("query", [parameter]) => {
            let (before, (name, value)) = (before(path)?, query(parameter)?);
            quote!(#before.query(#name, #value))
        }
        ("json", [body]) => {
            let before = before(path)?;
            quote!(#before.json(#body)?)
        }
        _ => bail!("`.{method}({})` in its request is unknown", start(&call.args)),
    })
}

/// Name and value in `&progenitor_client::QueryParam::new("name", &value)`.
fn query(parameter: &Expr) -> Result<(&Expr, &Expr)> {
    if let Expr::Reference(reference) = parameter
        && let Expr::Call(call) = &*reference.expr
        && call.func.to_token_stream().to_string().replace(' ', "") == "progenitor_client::QueryParam::new"
        && let (Some(name), Some(value), 2) = (call.args.first(), call.args.last(), call.args.len())
    {
        return Ok((name, value));
    }
    bail!("the query parameter `{}` is unknown", start(parameter))
}

fn is_accept_json(name: &Expr, value: &Expr) -> bool {
    let text = |expr: &Expr| expr.to_token_stream().to_string().replace(' ', "").replace(",)", ")");
    text(name).ends_with("::ACCEPT") && text(value).ends_with("HeaderValue::from_static(\"application/json\")")
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident(name))
}

/// The beginning of a piece of code, for errors.
fn start(code: &impl ToTokens) -> String {
    code.to_token_stream().to_string().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    fn error(body: &str) -> String {
        let file = format!("impl Client {{ pub async fn thing<'a>(&'a self) -> Result<(), Error<()>> {{ {body} }} }}");
        format!("{:#}", cut(syn::parse_file(&file).expect("Rust")).expect_err("refused"))
    }

    #[test]
    fn unknown_code_of_progenitor_is_refused_by_name() {
        let url = r#"let url = format!("{}/a", self.baseurl);"#;
        for (body, place) in [
            ("let other = 1;".to_owned(), "`let other` is unknown"),
            ("retry();".to_owned(), "a statement is unknown: `retry () ;`"),
            (r#"let url = format!("{}/a", other);"#.to_owned(), "its path is unknown"),
            (url.to_owned(), "it builds no request"),
            (format!("{url} let request = self.client.get(url).timeout(t).build()?;"), "`.timeout(t)`"),
            (format!("{url} let request = self.client.trace(url).build()?;"), "`self.client.trace` is unknown"),
            (format!("{url} let request = self.client.get(url).query(&pairs).build()?;"), "query parameter `& pairs`"),
            (format!("{url} let request = self.client.get(url).header(A, b).build()?;"), "`.header(A , b)`"),
        ] {
            let said = error(&body);
            assert!(said.starts_with("progenitor's method `thing`: ") && said.contains(place), "{said}");
        }
        let error = cut(syn::parse_file("static X: u8 = 1;").expect("Rust")).expect_err("refused").to_string();
        assert!(error.contains("an item that cut.rs does not know"), "{error}");
    }
}
