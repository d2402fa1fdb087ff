//! Microsoft's `winmail.dat` opened: the files and the plain text in it ([MS-OXTNEF]). It reads no rich text and no properties beyond a long file name.

use super::decode;

const SIGNATURE: u32 = 0x223E_9F78;
/// attAttachRenddata: a new file begins.
const REND: u32 = 0x0006_9002;
/// attAttachTitle: its short name.
const TITLE: u32 = 0x0001_8010;
/// attAttachData: its bytes.
const DATA: u32 = 0x0006_800F;
/// attAttachment: its MAPI properties.
const PROPERTIES: u32 = 0x0006_9005;
/// attBody: the plain text.
const BODY: u32 = 0x0002_800C;
/// PidTagAttachLongFilename.
const LONG_NAME: u16 = 0x3707;
/// Files of one container.
const FILES: usize = 200;

/// What was inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The files, in order.
    pub files: Vec<File>,
    /// The message's own text.
    pub text: Option<String>,
}

/// One file; its name is as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The long name where there is one.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Opens a container; `None` if it is none or breaks off in the middle, and then the file itself is offered.
#[must_use]
pub fn unpack(container: &[u8]) -> Option<Unpacked> {
    let mut at = Cursor(container);
    if at.u32()? != SIGNATURE {
        return None;
    }
    at.take(2)?;
    let mut unpacked = Unpacked::default();
    while !at.0.is_empty() {
        // A level byte, the attribute, its length, its bytes, and a checksum of them.
        at.take(1)?;
        let attribute = at.u32()?;
        let length = at.u32()? as usize;
        let value = at.take(length)?;
        at.take(2)?;
        if attribute == REND {
            if unpacked.files.len() >= FILES {
                return None;
            }
            unpacked.files.push(File::default());
            continue;
        }
        match (attribute, unpacked.files.last_mut()) {
            (BODY, _) => unpacked.text = Some(decode::tidy(&decode::text(value, None))).filter(|text| !text.trim().is_empty()),
            (TITLE, Some(file)) if file.name.is_empty() => file.name = text_of(value),
            (DATA, Some(file)) => file.bytes = value.to_vec(),
            (PROPERTIES, Some(file)) => {
                if let Some(name) = long_name(value) {
                    file.name = name;
                }
            }
            _ => {}
        }
    }
    Some(unpacked)
}

fn text_of(value: &[u8]) -> String {
    decode::text(value.split(|b| *b == 0).next().unwrap_or_default(), None)
}

/// The long file name among an attachment's properties ([MS-OXTNEF] section 2.1.3.4).
fn long_name(value: &[u8]) -> Option<String> {
    let mut at = Cursor(value);
    let count = at.u32()?;
    for _ in 0..count.min(500) {
        let (kind, id) = (at.u16()?, at.u16()?);
        if id >= 0x8000 {
            at.take(16)?;
            match at.u32()? {
                0 => at.take(4)?,
                _ => {
                    let length = at.u32()? as usize;
                    at.padded(length)?
                }
            };
        }
        let multiple = kind & 0x1000 != 0;
        let kind = kind & 0x0fff;
        let values = if multiple || matches!(kind, 0x0d | 0x1e | 0x1f | 0x102) { at.u32()? } else { 1 };
        for _ in 0..values.min(1000) {
            let bytes = match kind {
                0x02 | 0x0b | 0x03 | 0x04 | 0x0a => at.take(4)?,
                0x05 | 0x06 | 0x07 | 0x14 | 0x40 => at.take(8)?,
                0x48 => at.take(16)?,
                0x0d | 0x1e | 0x1f | 0x102 => {
                    let length = at.u32()? as usize;
                    at.padded(length)?
                }
                _ => return None,
            };
            if id == LONG_NAME {
                let name =
                    if kind == 0x1f { encoding_rs::UTF_16LE.decode(bytes).0.trim_end_matches('\0').to_owned() } else { text_of(bytes) };
                return Some(name).filter(|name| !name.is_empty());
            }
        }
    }
    None
}

struct Cursor<'r>(&'r [u8]);

impl<'r> Cursor<'r> {
    fn take(&mut self, length: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Values are padded to four bytes.
    fn padded(&mut self, length: usize) -> Option<&'r [u8]> {
        let taken = self.take(length)?;
        self.take(length.wrapping_neg() & 3)?;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|b| u16::from_le_bytes([b[0], b[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(name: u32, value: &[u8]) -> Vec<u8> {
        let mut out = vec![2];
        out.extend(name.to_le_bytes());
        out.extend((value.len() as u32).to_le_bytes());
        out.extend(value);
        out.extend([0, 0]);
        out
    }

    #[test]
    fn files_come_out_with_their_long_names() {
        let mut container = SIGNATURE.to_le_bytes().to_vec();
        container.extend([1, 0]);
        container.extend(attribute(BODY, b"Hi\0"));
        container.extend(attribute(REND, &[0; 14]));
        container.extend(attribute(TITLE, b"REPORT~1.TXT\0"));
        container.extend(attribute(DATA, b"data"));
        let mut properties = 1u32.to_le_bytes().to_vec();
        properties.extend([0x1f, 0, 0x07, 0x37]);
        properties.extend(1u32.to_le_bytes());
        let name: Vec<u8> = "relatório.txt\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        properties.extend((name.len() as u32).to_le_bytes());
        properties.extend(&name);
        container.extend(attribute(PROPERTIES, &properties));
        let unpacked = unpack(&container).expect("a container");
        assert_eq!(unpacked.files, [File { name: "relatório.txt".into(), bytes: b"data".to_vec() }]);
        assert_eq!(unpacked.text.as_deref(), Some("Hi"));
        assert_eq!(unpack(&container[..container.len() - 1]), None);
        assert_eq!(unpack(b"PK"), None);
    }
}
