//! TLS settings for rustls. The first handshake reads the roots of the platform; building a client
//! does not.
//!
//! The provider is passed explicitly: this crate must never install a process-wide default.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::Error;

/// The client's TLS settings: TLS 1.2 and 1.3, HTTP/2 if the server offers it. `roots` are PEM
/// certificates to trust instead of the platform's.
pub(crate) fn config(roots: Option<&[u8]>) -> Result<ClientConfig, Error> {
    let provider = provider()?;
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::invalid(format!("tls cannot be set up: {error}")))?;
    let config = match roots {
        Some(pem) => config.with_root_certificates(trusted(pem)?),
        None => {
            let verifier = Arc::new(LazyVerifier { provider, inner: OnceLock::new() });
            config.dangerous().with_custom_certificate_verifier(verifier)
        }
    };
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The provider that the program has installed, or the provider of this crate's features.
fn provider() -> Result<Arc<CryptoProvider>, Error> {
    if let Some(installed) = CryptoProvider::get_default() {
        return Ok(installed.clone());
    }
    #[cfg(feature = "rustls-ring")]
    let own = Some(rustls::crypto::ring::default_provider());
    #[cfg(all(feature = "rustls-aws-lc-rs", not(feature = "rustls-ring")))]
    let own = Some(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc-rs")))]
    let own: Option<CryptoProvider> = None;
    own.map(Arc::new).ok_or_else(|| {
        Error::invalid(
            "there is no tls provider; install one (`CryptoProvider::install_default`), or turn on the feature \
             rustls-aws-lc-rs or rustls-ring of desk-client",
        )
    })
}

/// Parses the certificates of a PEM text.
fn trusted(pem: &[u8]) -> Result<RootCertStore, Error> {
    let refuse =
        |why: String| Error::invalid(format!("the ca certificates cannot be used: {why}; give PEM certificates"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| refuse("they are not PEM".to_owned()))?;
        roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(refuse("there is none in it".to_owned()));
    }
    Ok(roots)
}

/// The platform's verifier, built at the first handshake: reading 145 roots takes milliseconds,
/// which calls without TLS should not pay for.
#[derive(Debug)]
struct LazyVerifier {
    provider: Arc<CryptoProvider>,
    inner: OnceLock<Verifier>,
}

impl LazyVerifier {
    fn inner(&self) -> Result<&Verifier, rustls::Error> {
        if let Some(verifier) = self.inner.get() {
            return Ok(verifier);
        }
        // A failure is not stored: it may be transient, such as a shortage of descriptors.
        let verifier = Verifier::new(self.provider.clone())?;
        Ok(self.inner.get_or_init(|| verifier))
    }
}

impl ServerCertVerifier for LazyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.inner()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner()?.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner()?.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
