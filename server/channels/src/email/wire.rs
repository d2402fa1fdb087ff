//! A protected connection to a mail server: TCP, and TLS where it is asked for, with certificates always checked. It speaks no protocol.

use super::smtp::is_this_machine;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Anything mail protocols can be spoken over.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Connects; refuses an unprotected connection to any machine but this one.
///
/// # Errors
/// The server cannot be reached in time, or `protected` is false and it is elsewhere.
pub async fn connect(host: &str, port: u16, protected: bool) -> io::Result<TcpStream> {
    if !protected && !is_this_machine(host) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "an unprotected connection is allowed to this machine only"));
    }
    let stream = tokio::time::timeout(PATIENCE, TcpStream::connect((host, port))).await.map_err(|_| late())??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Puts TLS over a connection, checking that the certificate is this host's.
///
/// # Errors
/// The certificate is not trusted, or not the host's, or the server speaks no TLS.
pub async fn protect(stream: Box<dyn Wire>, host: &str, authority: Option<&[u8]>) -> io::Result<Box<dyn Wire>> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in authority.into_iter().flat_map(CertificateDer::pem_slice_iter) {
        roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let shaken = tokio::time::timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.map_err(|_| late())??;
    Ok(Box::new(shaken))
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "no answer in time")
}
