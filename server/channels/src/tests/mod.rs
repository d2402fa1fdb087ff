//! What is asked of every channel alike: fixtures, signatures, conformance, and a stand-in provider. What one channel alone owes is in its
//! own folder.

mod apart;
mod conformance;
mod fixtures;
mod fold;
pub mod provider;
mod sandbox;
mod signatures;
