namespace FastIngest.Generate;

/// <summary>Applies quirks to records: half of them make the record invalid, the others leave it valid but unusual.</summary>
internal sealed class QuirkMaker(GeneratorStyle style, double rate)
{
    private readonly ulong _threshold = (ulong)(rate * (1UL << 32));
    private readonly QuirkRecord _record = new(style);

    public bool IsDue(ref RandomSource random) => (random.Next() >> 32) < _threshold;

    /// <summary>Returns the changed record, which has at most a few times as many bytes.</summary>
    public ReadOnlySpan<byte> Distort(ReadOnlySpan<byte> record, DayCell cell)
    {
        ref RandomSource random = ref cell.QuirkRandom;
        Quirk[] quirks = random.Chance(50) ? BadQuirks.All : ValidQuirks.All;
        _record.Take(record, cell.Person);
        quirks[random.Below(quirks.Length)](_record, ref random);
        return _record.Render();
    }
}

/// <summary>Changes a record in one way. If the change does not fit the record, the quirk applies another change of the same group.</summary>
internal delegate void Quirk(QuirkRecord record, ref RandomSource random);
