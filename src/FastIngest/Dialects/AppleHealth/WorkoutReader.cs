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
        ElementScan scan = tag.IsEmpty ? default : Scan("Workout"u8, length);
        if (scan.EndExcl < 0)
        {
            records.Reject(markup.Position, length, scan.Reason);
            return;
        }

        ReadOnlySpan<byte> region = markup.Rest[..length];
        tag.TryRead(region);
        if (!AppleStamp.TryRead(tag.Value(region, "startDate"u8), records.Clock, out AppleStamp start))
        {
            records.Reject(markup.Position, length, RejectReason.NoDate);
            return;
        }

        long? minutes = Number(tag.Value(region, "duration"u8), tag.Value(region, "durationUnit"u8), "min");
        if (minutes is null && AppleStamp.TryRead(tag.Value(region, "endDate"u8), records.Clock, out AppleStamp end))
        {
            long elapsed = start.MicrosUntil(end);
            minutes = elapsed >= 0 && Quantity.TryConvert(elapsed, new UnitFactor(1, 60), out long converted) ? converted : null;
        }

        long? energy = Number(tag.Value(region, "totalEnergyBurned"u8), tag.Value(region, "totalEnergyBurnedUnit"u8), "kcal") ?? scan.Energy;
        ReadOnlySpan<byte> type = tag.Value(region, "workoutActivityType"u8);
        if (type.Length > _type.Length)
        {
            _type = new byte[type.Length * 2];
        }

        type = _type.AsSpan(0, XmlText.Decode(type, _type));
        if (!System.Text.Unicode.Utf8.IsValid(type))
        {
            records.Reject(markup.Position, length, RejectReason.InvalidText);
            return;
        }

        type = type.StartsWith("HKWorkoutActivityType"u8) ? type[TypePrefix.Length..] : type;
        records.AddWorkout(type, start.Time, minutes, energy, markup.Position, length);
    }

    /// <summary>Searches for the end tag of the element at the position of the reader, which stays where it is.</summary>
    /// <param name="name">The name of the element.</param>
    /// <param name="length">The length of its start tag in bytes.</param>
    public ElementScan Scan(ReadOnlySpan<byte> name, int length)
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
                energy ??= depth == 0 && tag.Name(region).SequenceEqual("WorkoutStatistics"u8) ? EnergyOf(region) : null;
                depth += tag.IsEmpty ? 0 : 1;
            }

            markup.Position += region.Length;
        }

        markup.Return();
        return result;
    }

    private long? EnergyOf(ReadOnlySpan<byte> region) => tag.Value(region, "type"u8).SequenceEqual("HKQuantityTypeIdentifierActiveEnergyBurned"u8)
        ? Number(tag.Value(region, "sum"u8), tag.Value(region, "unit"u8), "kcal") : null;

    private long? Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> unit, string to) =>
        !text.IsEmpty && (unit.IsEmpty ? UnitFactor.One : _units.Find(unit, to)) is { } factor && Quantity.TryParse(text.Trim((byte)' '), factor, out long micros) ? micros : null;
}
