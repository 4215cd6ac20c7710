using System.Buffers;
using System.Text;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Unicode;

/// <summary>
/// A part of a text in which code points may be reordered or composed. It is decomposed while it is filled, then ordered and
/// composed. A text of marks only is one segment of any length; the work grows linearly with the length.
/// </summary>
internal ref struct NormalizedSegment
{
    private const int ClassCount = 256;
    private const int FewMarks = 16;

    // The code points and their combining classes.
    private Span<int> _codePoints;
    private Span<byte> _classes;
    private int _count;
    private int[]? _rentedCodePoints;
    private byte[]? _rentedClasses;

    /// <summary>Creates an empty segment with buffers of equal length for the usual case; longer segments rent memory.</summary>
    public NormalizedSegment(Span<int> codePoints, Span<byte> classes)
    {
        _codePoints = codePoints;
        _classes = classes;
    }

    /// <summary>Adds the full decomposition of a code point.</summary>
    public void Add(int codePoint)
    {
        // Only the first code point of a pair can decompose further.
        if (CanonicalMapping.TryDecompose(codePoint, out int first, out int second))
        {
            Add(first);
            if (second != 0)
            {
                Append(second);
            }
        }
        else
        {
            Append(codePoint);
        }
    }

    /// <summary>Writes the segment in normalization form C and clears it.</summary>
    public void Flush(TextBuffer output)
    {
        Order();
        Compose();
        foreach (int codePoint in _codePoints[.._count])
        {
            output.Advance(new Rune(codePoint).EncodeToUtf8(output.GetSpan(4)));
        }

        _count = 0;
    }

    public readonly void Dispose()
    {
        if (_rentedCodePoints is not null)
        {
            ArrayPool<int>.Shared.Return(_rentedCodePoints);
            ArrayPool<byte>.Shared.Return(_rentedClasses!);
        }
    }

    private void Append(int codePoint)
    {
        if (_count == _codePoints.Length)
        {
            Grow();
        }

        byte combiningClass = CanonicalMapping.ClassOf(codePoint);
        _codePoints[_count] = codePoint;
        _classes[_count++] = combiningClass == CanonicalMapping.NonInertStarter ? (byte)0 : combiningClass;
    }

    private void Grow()
    {
        int[] codePoints = ArrayPool<int>.Shared.Rent(2 * _count);
        byte[] classes = ArrayPool<byte>.Shared.Rent(codePoints.Length);
        _codePoints.CopyTo(codePoints);
        _classes.CopyTo(classes);
        Dispose();
        (_codePoints, _classes) = (_rentedCodePoints, _rentedClasses) = (codePoints, classes);
    }

    /// <summary>Sorts each run of marks by combining class (stable).</summary>
    private readonly void Order()
    {
        for (int start = 0; start < _count;)
        {
            int end = start;
            while (end < _count && _classes[end] != 0)
            {
                end++;
            }

            if (end - start > FewMarks)
            {
                OrderMany(_codePoints[start..end], _classes[start..end]);
            }
            else
            {
                OrderFew(_codePoints[start..end], _classes[start..end]);
            }

            start = end + 1;
        }
    }

    private static void OrderFew(Span<int> codePoints, Span<byte> classes)
    {
        for (int i = 1; i < classes.Length; i++)
        {
            (int codePoint, byte combiningClass) = (codePoints[i], classes[i]);
            int j = i;
            for (; j > 0 && classes[j - 1] > combiningClass; j--)
            {
                codePoints[j] = codePoints[j - 1];
                classes[j] = classes[j - 1];
            }

            codePoints[j] = codePoint;
            classes[j] = combiningClass;
        }
    }

    /// <summary>Uses a counting sort, since crafted text may contain millions of marks.</summary>
    private static void OrderMany(Span<int> codePoints, Span<byte> classes)
    {
        Span<int> places = stackalloc int[ClassCount + 1];
        places.Clear();
        foreach (byte combiningClass in classes)
        {
            places[combiningClass + 1]++;
        }

        for (int i = 1; i < places.Length; i++)
        {
            places[i] += places[i - 1];
        }

        int[] sorted = ArrayPool<int>.Shared.Rent(codePoints.Length);
        for (int i = 0; i < codePoints.Length; i++)
        {
            sorted[places[classes[i]]++] = codePoints[i];
        }

        sorted.AsSpan(0, codePoints.Length).CopyTo(codePoints);
        ArrayPool<int>.Shared.Return(sorted);
        classes.Sort();
    }

    private void Compose()
    {
        int written = 0;
        int starter = -1;
        int lastClass = -1;
        for (int i = 0; i < _count; i++)
        {
            int codePoint = _codePoints[i];
            int combiningClass = _classes[i];

            // A mark is blocked by an earlier mark of the same class, a starter by any mark.
            if (starter >= 0 && lastClass < combiningClass && CanonicalMapping.Compose(_codePoints[starter], codePoint) is >= 0 and var composite)
            {
                _codePoints[starter] = composite;
                continue;
            }

            if (combiningClass == 0)
            {
                starter = written;
                lastClass = -1;
            }
            else
            {
                lastClass = combiningClass;
            }

            _codePoints[written] = codePoint;
            written++;
        }

        _count = written;
    }
}
