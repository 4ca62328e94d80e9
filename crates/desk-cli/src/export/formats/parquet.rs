//! Parquet: a file for each date of a window, with zstd, row groups, statistics, and times in UTC.
//!
//! The columns of a row group are written next to each other, a few rows at a time, into memory of
//! their own: a group takes the memory of its compressed pages, not of its rows.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::column::writer::{ColumnWriter, get_column_writer};
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::record::reader::RowIter;
use parquet::schema::types::{ColumnPath, Type as Schema, TypePtr};

use super::super::format::{Format, NewWindow, WindowSink};
use super::super::names::Layout;
use super::super::part::{Finished, PartDir, Unfinished};
use super::super::privacy::Privacy;
use super::super::settings::Settings;
use super::super::table::{Table, Type, Value};
use super::super::written::Written;
use crate::error::{Error, Result};
use crate::files;
use crate::rows::Row;

/// The maximum number of rows of a row group, by which readers split their work.
const GROUP: usize = 122_880;
/// The number of rows that are held as values of their columns.
const BATCH: usize = 1024;

pub(super) struct Parquet;

impl Format for Parquet {
    fn extension(&self) -> &'static str {
        "parquet"
    }

    /// A directory for each date, as Hive has them.
    fn layout(&self, table: &Table) -> Layout {
        Layout::PartsByDate(table.free("date"))
    }

    fn check(&self, settings: &Settings, table: &Table) -> Result<()> {
        if !settings.private.touches(table.time()) {
            return Ok(());
        }
        let problem = format!("the directories of Parquet reveal the date of {}", table.time());
        Err(Error::usage(problem).unsent().hint("choose another --format, or do not make it private"))
    }

    /// Readers prefer large row groups.
    fn rows_held(&self) -> usize {
        25_000
    }

    fn begin(&self, window: NewWindow) -> Result<Box<dyn WindowSink>> {
        Ok(Box::new(ParquetSink { window, open: None, parts: Vec::new() }))
    }

    /// Equal rows have other bytes in other row groups, or by another version of the library.
    fn has_same_rows(&self, dir: &PartDir, one: &str, other: &str) -> Result<bool> {
        has_same_rows(dir, (one, other))
    }
}

/// A window with a file for each date.
struct ParquetSink {
    window: NewWindow,
    /// The directory of the date whose rows are being written.
    open: Option<(String, Box<File>)>,
    parts: Vec<Finished>,
}

impl ParquetSink {
    /// Starts a part with a name that no other part of this window has: rows may return to a date.
    fn part(&self, place: &str) -> Result<Unfinished> {
        let NewWindow { target, span, revision, .. } = &self.window;
        let name = |revision| format!("{place}{}", target.names.part(*span, revision));
        let is_taken = |revision: &u32| self.parts.iter().any(|finished| finished.part.file == name(*revision));
        let revision = (*revision..).find(|revision| !is_taken(revision)).unwrap_or_default();
        target.dir.begin(name(revision))
    }

    fn end_part(&mut self) -> Result<()> {
        if let Some((_, file)) = self.open.take() {
            self.parts.push(file.finish()?);
        }
        Ok(())
    }
}

impl WindowSink for ParquetSink {
    fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        let date = |row: &Row| row.moment().map(|time| time.date_naive());
        for rows in rows.chunk_by(|row, next| date(row) == date(next)) {
            let place = self.window.target.names.place(rows.first().and_then(date));
            if self.open.as_ref().is_none_or(|(open, _)| *open != place) {
                self.end_part()?;
                let file = File::new(&self.window.target.table, self.part(&place)?)?;
                self.open = Some((place, Box::new(file)));
            }
            if let Some((_, file)) = &mut self.open {
                file.rows(rows, &self.window.target.table, &self.window.privacy)?;
            }
        }
        Ok(())
    }

    /// The next command removes the unfinished files.
    fn discard(self: Box<Self>) -> Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Written> {
        self.end_part()?;
        Ok(Written::files(self.window.target, self.parts))
    }
}

/// A file while it is being written.
struct File {
    writer: SerializedFileWriter<Unfinished>,
}

impl File {
    fn new(table: &Table, to: Unfinished) -> Result<File> {
        let path = to.path().to_owned();
        let writer = schema(table).and_then(|schema| SerializedFileWriter::new(to, schema, properties(table)));
        Ok(File { writer: writer.map_err(|error| Error::io("write to", &path, &cause(error)))? })
    }

    /// Adds rows, as row groups of their own.
    fn rows(&mut self, rows: &[Row], table: &Table, privacy: &Privacy) -> Result<()> {
        for rows in rows.chunks(GROUP) {
            let group = Group::new(&self.writer, rows, (table, privacy))?;
            group.write(&mut self.writer).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// Makes it durable.
    fn finish(mut self) -> Result<Finished> {
        self.writer.finish().map_err(|error| self.failed(error))?;
        self.writer.inner_mut().finish()
    }

    fn failed(&self, error: ParquetError) -> Error {
        Error::io("write to", self.writer.inner().path(), &cause(error))
    }
}

/// Whether two files have the same rows in the same order, regardless of row groups and
/// compression.
fn has_same_rows(dir: &PartDir, (one, other): (&str, &str)) -> Result<bool> {
    let failed = |file: &str, error| files::failed("read", &dir.path().join(file), &error);
    let rows = |file: &str| {
        let opened = dir.open(file).map_err(|error| failed(file, error))?;
        let reader = SerializedFileReader::new(opened).map_err(|error| failed(file, cause(error)))?;
        Ok::<_, Error>(RowIter::from_file_into(Box::new(reader)))
    };
    let (mut ones, mut others) = (rows(one)?, rows(other)?);
    loop {
        let next = (ones.next().transpose(), others.next().transpose());
        match (next.0.map_err(|error| failed(one, cause(error)))?, next.1.map_err(|error| failed(other, cause(error)))?)
        {
            (None, None) => return Ok(true),
            (one, other) if one != other => return Ok(false),
            _ => {}
        }
    }
}

/// The error of the disk, if it was one.
fn cause(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => error.downcast::<io::Error>().map_or_else(io::Error::other, |error| *error),
        error => io::Error::other(error),
    }
}

fn schema(table: &Table) -> ParquetResult<TypePtr> {
    let mut fields = Vec::with_capacity(table.columns.len() + 1);
    for column in &table.columns {
        fields.push(field(&column.name, column.ty, column.required)?);
    }
    fields.push(field(&table.other, Type::Json, false)?);
    Schema::group_type_builder("rows").with_fields(fields).build().map(Arc::new)
}

fn field(name: &str, ty: Type, required: bool) -> ParquetResult<TypePtr> {
    let (physical, logical) = match ty {
        Type::Bool => (Physical::BOOLEAN, None),
        Type::Int32 => (Physical::INT32, None),
        Type::Int64 => (Physical::INT64, None),
        Type::Double => (Physical::DOUBLE, None),
        Type::Date => (Physical::INT32, Some(LogicalType::Date)),
        Type::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        Type::Text | Type::Any => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Type::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
    };
    let repetition = if required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
    let field = Schema::primitive_type_builder(name, physical).with_logical_type(logical);
    field.with_repetition(repetition).build().map(Arc::new)
}

fn properties(table: &Table) -> WriterPropertiesPtr {
    let order: Vec<usize> = table.order().collect();
    let mut properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
    // Hardly two rows have equal values.
    for name in order.iter().filter_map(|at| table.columns.get(*at)).map(|column| column.name.clone()) {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    let sorting = order.iter().filter_map(|at| {
        Some(SortingColumn { column_idx: i32::try_from(*at).ok()?, descending: false, nulls_first: false })
    });
    let sorting: Vec<_> = sorting.collect();
    Arc::new(properties.set_sorting_columns((!sorting.is_empty()).then_some(sorting)).build())
}

/// A row group: the pages of each column with their metadata.
struct Group(Vec<(Bytes, parquet::column::writer::ColumnCloseResult)>);

impl Group {
    fn new(
        file: &SerializedFileWriter<Unfinished>,
        rows: &[Row],
        (table, privacy): (&Table, &Privacy),
    ) -> Result<Group> {
        let failed = |error| Error::io("write to", file.inner().path(), &cause(error));
        let columns = file.schema_descr().columns();
        let mut pages: Vec<TrackedWrite<Vec<u8>>> = columns.iter().map(|_| TrackedWrite::new(Vec::new())).collect();
        let writers = columns.iter().zip(&mut pages).map(|(column, pages)| {
            let pages = Box::new(SerializedPageWriter::new(pages));
            get_column_writer(column.clone(), file.properties().clone(), pages)
        });
        let mut writers: Vec<ColumnWriter<'_>> = writers.collect();
        for rows in rows.chunks(BATCH) {
            let cells = rows.iter().map(|row| Ok(table.cells(row, privacy)?.into_iter())).collect::<Result<Vec<_>>>();
            let mut cells = cells?;
            for (writer, column) in writers.iter_mut().zip(columns) {
                let values = cells.iter_mut().filter_map(Iterator::next);
                add(writer, values, column.max_def_level() > 0).map_err(failed)?;
            }
        }
        let ended = writers.into_iter().map(ColumnWriter::close).collect::<ParquetResult<Vec<_>>>();
        let pages =
            pages.into_iter().map(|pages| pages.into_inner().map(Bytes::from)).collect::<ParquetResult<Vec<_>>>();
        Ok(Group(pages.map_err(failed)?.into_iter().zip(ended.map_err(failed)?).collect()))
    }

    fn write(self, file: &mut SerializedFileWriter<Unfinished>) -> ParquetResult<()> {
        let mut group = file.next_row_group()?;
        for (pages, column) in self.0 {
            group.append_column(&pages, column)?;
        }
        group.close().map(|_| ())
    }
}

/// Adds values to a column.
fn add<'a>(
    writer: &mut ColumnWriter<'_>,
    values: impl Iterator<Item = Value<'a>>,
    nullable: bool,
) -> ParquetResult<()> {
    /// The values that are not null, and a level for each row.
    fn split<'a, T>(
        values: impl Iterator<Item = Value<'a>>,
        own: impl Fn(Value<'a>) -> Option<T>,
    ) -> (Vec<T>, Vec<i16>) {
        let (mut there, mut levels) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        for value in values {
            let value = own(value);
            levels.push(i16::from(value.is_some()));
            there.extend(value);
        }
        (there, levels)
    }
    let int = |value| if let Value::Int(int) = value { Some(int) } else { None };
    let written = match writer {
        ColumnWriter::BoolColumnWriter(writer) => {
            let own = |value| if let Value::Bool(own) = value { Some(own) } else { None };
            let (values, levels) = split(values, own);
            writer.write_batch(&values, nullable.then_some(&levels), None)
        }
        ColumnWriter::Int32ColumnWriter(writer) => {
            let (values, levels) = split(values, |value| int(value).and_then(|int| i32::try_from(int).ok()));
            writer.write_batch(&values, nullable.then_some(&levels), None)
        }
        ColumnWriter::Int64ColumnWriter(writer) => {
            let (values, levels) = split(values, int);
            writer.write_batch(&values, nullable.then_some(&levels), None)
        }
        ColumnWriter::DoubleColumnWriter(writer) => {
            let own = |value| if let Value::Double(own) = value { Some(own) } else { None };
            let (values, levels) = split(values, own);
            writer.write_batch(&values, nullable.then_some(&levels), None)
        }
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let own = |value| match value {
                Value::Text(text) => Some(ByteArray::from(text.into_owned().into_bytes())),
                _ => None,
            };
            let (values, levels) = split(values, own);
            writer.write_batch(&values, nullable.then_some(&levels), None)
        }
        // No column has another type.
        _ => Ok(0),
    };
    written.map(|_| ())
}
