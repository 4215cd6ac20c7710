using System.Text;
using FastIngest.Samples;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>Remembers the conversions of the units of workouts, so that a workout causes no allocation.</summary>
internal sealed class UnitCache
{
    /// <summary>When more units than this are known, they are forgotten.</summary>
    private const int MaxUnits = 32;

    private readonly List<(byte[] Unit, string To, UnitFactor? Factor)> _known = [];

    /// <summary>Returns the conversion of a unit, as written; null when it is unknown or does not fit.</summary>
    public UnitFactor? Find(ReadOnlySpan<byte> unit, string to)
    {
        foreach ((byte[] known, string target, UnitFactor? factor) in _known)
        {
            if (target == to && unit.SequenceEqual(known))
            {
                return factor;
            }
        }

        if (_known.Count == MaxUnits)
        {
            _known.Clear();
        }

        UnitFactor? found = RecordForm.Convert(Encoding.UTF8.GetString(unit), to);
        _known.Add((unit.ToArray(), to, found));
        return found;
    }
}
