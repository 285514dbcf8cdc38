use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// A line longer than this is no line of ours.
const LONGEST: u64 = 1 << 20;

/// The lines of a file, gzip read directly, with a bar that shows rate and time left.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    bar: ProgressBar,
    /// The number of the line read last.
    pub(super) number: u64,
}

/// What a line holds.
pub(super) enum Line {
    Text(String),
    Bad(&'static str),
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let problem = |error: std::io::Error| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(problem)?;
        let bar = bar(file.metadata().map_err(problem)?.len(), path);
        let counted = bar.wrap_read(file);
        let source: Box<dyn Read + Send> =
            if path.extension().is_some_and(|ending| ending == "gz") { Box::new(MultiGzDecoder::new(counted)) } else { Box::new(counted) };
        Ok(Self { reader: BufReader::with_capacity(1 << 16, source), bar, number: 0 })
    }

    /// The next line that is not blank.
    pub(super) fn next(&mut self) -> Result<Option<Line>, String> {
        loop {
            let mut bytes = Vec::new();
            let read = self.reader.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
            if read.map_err(|error| format!("line {}: {error}", self.number + 1))? == 0 {
                self.bar.finish();
                return Ok(None);
            }
            self.number += 1;
            if bytes.last() != Some(&b'\n') && bytes.len() as u64 == LONGEST {
                self.skip_line()?;
                return Ok(Some(Line::Bad("the line is longer than 1 MiB")));
            }
            if self.number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
                bytes.drain(..3);
            }
            let Ok(text) = String::from_utf8(bytes) else { return Ok(Some(Line::Bad("not UTF-8"))) };
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            if text.contains('\0') {
                return Ok(Some(Line::Bad("holds a NUL character")));
            }
            return Ok(Some(Line::Text(text.to_owned())));
        }
    }

    fn skip_line(&mut self) -> Result<(), String> {
        loop {
            let held = self.reader.fill_buf().map_err(|error| error.to_string())?;
            let (used, over) = match held.iter().position(|byte| *byte == b'\n') {
                Some(place) => (place + 1, true),
                None => (held.len(), held.is_empty()),
            };
            self.reader.consume(used);
            if over {
                return Ok(());
            }
        }
    }
}

/// A bar over the bytes of a file; it shows itself only on a terminal.
pub(super) fn bar(length: u64, path: &Path) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{msg:24} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default());
    bar
}
