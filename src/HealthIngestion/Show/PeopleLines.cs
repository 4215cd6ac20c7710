using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastIngest.Reports;
using FastIngest.Storage.Columns.Csv;
using HealthIngestion.Terminal;

namespace HealthIngestion.Show;

/// <summary>People as lines for other programs, written to standard output as they come.</summary>
/// <param name="isJson">JSON, one object a line; else CSV with a header.</param>
internal sealed class PeopleLines(bool isJson)
{
    private const int FlushBytes = 64 << 10;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _text = new(FlushBytes + 4096);
    private bool _hasHeader;

    public void Add(PersonLine person)
    {
        if (isJson)
        {
            WriteJson(person);
        }
        else
        {
            WriteHeader();
            WriteCsv(person);
        }

        if (_text.WrittenCount >= FlushBytes)
        {
            Flush();
        }
    }

    /// <summary>Writes what is left; a CSV file without people has its header.</summary>
    public void Complete()
    {
        WriteHeader();
        Flush();
    }

    private void WriteHeader()
    {
        if (!isJson && !_hasHeader)
        {
            _text.Write(Encoding.UTF8.GetBytes($"user_id,name,days,first,last,{string.Join(',', Measure.All.Select(m => m.Name))}\r\n"));
            _hasHeader = true;
        }
    }

    private void WriteJson(PersonLine person)
    {
        using (Utf8JsonWriter json = new(_text, Readable))
        {
            json.WriteStartObject();
            json.WriteString("user_id", person.UserId);
            json.WriteString("name", person.Name);
            json.WriteNumber("days", person.Days);
            json.WriteString("first", Iso(person.FirstDay));
            json.WriteString("last", Iso(person.LastDay));
            json.WriteStartObject("mean");
            foreach (Measure measure in Measure.All)
            {
                double mean = Math.Round(person.Mean(measure.Name), 6);
                if (double.IsFinite(mean))
                {
                    json.WriteNumber(measure.Name, mean);
                }
                else
                {
                    json.WriteNull(measure.Name);
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        _text.Write("\n"u8);
    }

    private void WriteCsv(PersonLine person)
    {
        CsvText.Write(_text, Encoding.UTF8.GetBytes(person.UserId));
        _text.Write(","u8);
        if (person.Name is { } name)
        {
            CsvText.Write(_text, Encoding.UTF8.GetBytes(name));
        }

        _text.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",{person.Days},{Iso(person.FirstDay)},{Iso(person.LastDay)}")));
        foreach (Measure measure in Measure.All)
        {
            double mean = Math.Round(person.Mean(measure.Name), 6);
            _text.Write(Encoding.UTF8.GetBytes(double.IsFinite(mean) ? string.Create(CultureInfo.InvariantCulture, $",{mean}") : ","));
        }

        _text.Write(CsvText.LineEnd);
    }

    private void Flush()
    {
        using Stream output = StandardStream.OpenOutput();
        output.Write(_text.WrittenSpan);
        _text.ResetWrittenCount();
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
