//! Parts the inbox's stylesheet in two: what a first visit needs, and what comes with the parts of the program that are fetched later.
//! The sources say which is which by the names of their layers (`style/inbox.css`); no rule is known here.

use crate::run::Result;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// What the names of layers end in whose rules may come later.
const LATER: &str = "-later";

/// Moves the later layers of `recado.css` into `later.css`, and compresses both again.
pub fn part(package: &Path) -> Result<()> {
    let file = package.join("recado.css");
    let whole = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let (first, later) = parted(&whole)?;
    // cargo-leptos leaves a stylesheet that has not changed as it is: then it is parted already.
    if later.is_empty() {
        return Ok(());
    }
    put(&file, &first)?;
    put(&package.join("later.css"), &later)
}

/// The sheet without its later layers, which keep their place in the order by name, and these.
fn parted(whole: &str) -> Result<(String, String)> {
    let (mut first, mut later) = (String::new(), String::new());
    let mut rest = whole;
    while let Some(at) = rest.find("@layer ") {
        first.push_str(&rest[..at]);
        rest = &rest[at..];
        let head = rest.find(['{', ';']).ok_or("a layer without an end in recado.css")?;
        let end = if rest[head..].starts_with(';') { head + 1 } else { head + block(&rest[head..])? };
        let names = rest["@layer ".len()..head].trim();
        if rest[head..].starts_with('{') && names.ends_with(LATER) {
            first.push_str(&format!("@layer {names};"));
            later.push_str(&rest[..end]);
        } else {
            first.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    first.push_str(rest);
    Ok((first, later))
}

/// How long a block is that begins here, braces in strings left out.
fn block(text: &str) -> Result<usize> {
    let (mut depth, mut quote, mut escaped) = (0_u32, None, false);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '{') => depth += 1,
            (None, '}') if depth == 1 => return Ok(at + 1),
            (None, '}') => depth -= 1,
            _ => {}
        }
    }
    Err("a layer without an end in recado.css".into())
}

fn put(file: &Path, text: &str) -> Result<()> {
    let fault = |e: std::io::Error| format!("{}: {e}", file.display());
    fs::write(file, text).map_err(fault)?;
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: text.len(), ..Default::default() };
    brotli::BrotliCompress(&mut text.as_bytes(), &mut packed, &settings).map_err(fault)?;
    fs::write(file.with_extension("css.br"), &packed).map_err(fault)?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(text.as_bytes()).map_err(fault)?;
    fs::write(file.with_extension("css.gz"), gzip.finish().map_err(fault)?).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::parted;

    #[test]
    fn later_layers_keep_their_place_by_name_only() {
        let whole = "@layer a{b{c:d}}@layer a-later{e::after{content:\"}\"}@media x{f{g:h}}}@layer i{j{k:l}}";
        let (first, later) = parted(whole).unwrap();
        assert_eq!(first, "@layer a{b{c:d}}@layer a-later;@layer i{j{k:l}}");
        assert_eq!(later, "@layer a-later{e::after{content:\"}\"}@media x{f{g:h}}}");
        assert_eq!(parted(&first).unwrap(), (first.clone(), String::new()));
    }
}
