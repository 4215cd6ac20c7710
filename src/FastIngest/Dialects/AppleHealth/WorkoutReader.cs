using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Samples;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>What was found between the start and the end of an element.</summary>
/// <param name="EndExcl">The offset in the file after the end tag; -1 without one.</param>
/// <param name="Reason">Why the element is rejected if it has no end.</param>
/// <param name="Energy">The active energy in its statistics, in micros of a kcal; null without one.</param>
internal readonly record struct ElementScan(long EndExcl, RejectReason Reason, long? Energy);

/// <summary>
/// Reads workouts. Exports since iOS 16 have the energy of a workout in an element in it, so that a workout is searched for its end
/// before it is passed on. The elements in it are then read like all others.
/// </summary>
internal sealed class WorkoutReader(MarkupReader markup, XmlTag tag, int maxRecordBytes)
{
    private const string TypePrefix = "HKWorkoutActivityType";

    private readonly UnitCache _units = new();
    private byte[] _type = new byte[64];

    /// <summary>Reads the workout at the position of the reader, whose start tag was just read.</summary>
    public void Read(RecordReceiver records)
    {
        int length = tag.Length;
        records.EndRecord();
        ElementScan scan = tag.IsEmpty ? default : Scan("Workout"u8, length, records);
        if (scan.EndExcl < 0)
        {
            Reject(length, scan.Reason, records);
            return;
        }

        ReadOnlySpan<byte> region = markup.Rest[..length];
        tag.TryRead(region);
        if (!AppleStamp.TryRead(tag.Value(region, "startDate"u8), records.Clock, out AppleStamp start))
        {
            Reject(length, RejectReason.NoDate, records);
            return;
        }

        long? minutes = Number("duration", tag.Value(region, "duration"u8), tag.Value(region, "durationUnit"u8), "min", records);
        ReadOnlySpan<byte> endText = tag.Value(region, "endDate"u8);
        if (minutes is null && !endText.IsEmpty)
        {
            // As of a mindful session, the end is needed to know how long the workout was.
            long elapsed = AppleStamp.TryRead(endText, records.Clock, out AppleStamp end) ? start.MicrosUntil(end) : -1;
            if (elapsed < 0 || !Quantity.TryConvert(elapsed, new UnitFactor(1, 60), out long converted))
            {
                Reject(length, RejectReason.NoDate, records);
                return;
            }

            minutes = converted;
        }

        long? energy = Number("totalEnergyBurned", tag.Value(region, "totalEnergyBurned"u8), tag.Value(region, "totalEnergyBurnedUnit"u8), "kcal", records) ?? scan.Energy;
        ReadOnlySpan<byte> type = tag.Value(region, "workoutActivityType"u8);
        if (type.Length > _type.Length)
        {
            _type = new byte[type.Length * 2];
        }

        type = _type.AsSpan(0, XmlText.Decode(type, _type));
        if (!System.Text.Unicode.Utf8.IsValid(type))
        {
            Reject(length, RejectReason.InvalidText, records);
            return;
        }

        type = type.StartsWith("HKWorkoutActivityType"u8) ? type[TypePrefix.Length..] : type;
        records.AddWorkout(type, start.Time, minutes, energy, markup.Position, length);
        records.EndRecord();
    }

    /// <summary>Searches for the end tag of the element at the position of the reader, which stays where it is.</summary>
    /// <param name="name">The name of the element.</param>
    /// <param name="length">The length of its start tag in bytes.</param>
    /// <param name="records">Counts an energy that cannot be read.</param>
    public ElementScan Scan(ReadOnlySpan<byte> name, int length, RecordReceiver records)
    {
        bool hasRecords = name.SequenceEqual("Correlation"u8);
        long start = markup.Position;
        long? energy = null;
        int depth = 0;
        ElementScan result = new(-1, RejectReason.InvalidXml, null);
        markup.Pin();
        markup.Position += length;
        while (markup.SkipBlanks())
        {
            if (markup.Position - start > maxRecordBytes)
            {
                result = result with { Reason = RejectReason.TooLarge };
                break;
            }

            ReadOnlySpan<byte> region = markup.Region(out bool isCut);
            if (isCut || region.StartsWith("</HealthData"u8) || (ChildNames.StartsWithOne(region) && !(hasRecords && Prolog.StartsWithName(region, "<Record"u8))))
            {
                break;
            }

            bool isSpecial = region.Length > 1 && region[0] == '<' && region[1] is (byte)'!' or (byte)'?';
            if (isSpecial && markup.TrySkipSpecial(isInRoot: true))
            {
                continue;
            }

            region = markup.Region(out _);
            if (region.StartsWith("</"u8))
            {
                int end = region.IndexOf((byte)'>');
                if (end > 0 && region[2..end].TrimEnd(" \t\r\n"u8).SequenceEqual(name))
                {
                    result = new ElementScan(markup.Position + end + 1, default, energy);
                    break;
                }

                depth--;
            }
            else if (!hasRecords && tag.TryRead(region))
            {
                energy ??= depth == 0 && tag.Name(region).SequenceEqual("WorkoutStatistics"u8) ? EnergyOf(region, start, records) : null;
                depth += tag.IsEmpty ? 0 : 1;
            }

            markup.Position += region.Length;
        }

        markup.Return();
        return result;
    }

    private long? EnergyOf(ReadOnlySpan<byte> region, long workout, RecordReceiver records) => tag.Value(region, "type"u8).SequenceEqual("HKQuantityTypeIdentifierActiveEnergyBurned"u8)
        ? Number("WorkoutStatistics.sum", tag.Value(region, "sum"u8), tag.Value(region, "unit"u8), "kcal", workout, records) : null;

    private void Reject(long length, RejectReason reason, RecordReceiver records)
    {
        records.Reject(markup.Position, length, reason);
        records.EndRecord();
    }

    private long? Number(string field, ReadOnlySpan<byte> text, ReadOnlySpan<byte> unit, string to, RecordReceiver records) =>
        Number(field, text, unit, to, markup.Position, records);

    /// <summary>Reads a number and converts its unit; null, and it is counted, if it or its unit cannot be read.</summary>
    private long? Number(string field, ReadOnlySpan<byte> text, ReadOnlySpan<byte> unit, string to, long offset, RecordReceiver records)
    {
        text = text.Trim((byte)' ');
        return text.IsEmpty ? null : records.Number(field, offset, text, unit, unit.IsEmpty ? UnitFactor.One : _units.Find(unit, to));
    }
}
