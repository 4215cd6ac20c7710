using FastIngest.Sources;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>
/// The arrays of a file with their places. The name and the unit of a metric may stand behind its points, which are hundreds of
/// megabytes in one line; therefore one fast pass by brackets and quotes finds them before the points are read in parallel.
/// </summary>
internal sealed class FileOutline
{
    /// <summary>A file has about 100 arrays. More than this are not read, so that a hostile file cannot fill the memory.</summary>
    private const int MaxSections = 100_000;

    private readonly JsonSkim _skim;
    private readonly List<FileSection> _sections = [];
    private readonly Dictionary<(string?, string), PointMetric> _metrics = [];
    private readonly SourceFile _file;

    private FileOutline(SourceFile file, JsonSkim skim, long chunkBytes) => (_file, _skim, Marks) = (file, skim, new ElementMarks(chunkBytes));

    /// <summary>The arrays in the order of the file.</summary>
    public IReadOnlyList<FileSection> Sections => _sections;

    /// <summary>Where the chunks begin.</summary>
    public ElementMarks Marks { get; }

    /// <summary>Whether the file ends before its object is closed.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>What is not read because there is too much of it.</summary>
    public IReadOnlyList<UnreadFile> Unread { get; private set; } = [];

    /// <summary>Reads the outline of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">The offset of the first brace.</param>
    /// <param name="chunkBytes">The size of a chunk in bytes.</param>
    public static FileOutline Read(SourceFile file, long start, long chunkBytes)
    {
        using JsonSkim skim = new(file) { Position = start };
        FileOutline outline = new(file, skim, chunkBytes);
        outline.ReadAll();
        return outline;
    }

    /// <summary>The index of the section that holds an offset, or of the next one.</summary>
    public int IndexAt(long offset)
    {
        int low = 0, high = _sections.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _sections[middle].EndExcl <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Reads one object after another: an automation appends one for each export.</summary>
    private void ReadAll()
    {
        while (_skim.TryPass('{'))
        {
            if (!ReadObject(ReadRootMember) || Unread.Count > 0)
            {
                return;
            }

            _skim.TryPass(',');
        }

        if (_skim.Peek() >= 0)
        {
            AddDamage();
        }
    }

    /// <summary>Reads the members of an object after its opening brace; false after the end of what can be read.</summary>
    private bool ReadObject(Func<string, bool> readMember)
    {
        while (_skim.ReadName() is { } name)
        {
            if (!readMember(name))
            {
                return false;
            }
        }

        return _skim.TryPass('}') || AddDamage();
    }

    private bool ReadRootMember(string name) => name == "data" && _skim.TryPass('{') ? ReadObject(ReadDataMember) : ReadDataMember(name);

    private bool ReadDataMember(string name)
    {
        if (_skim.Peek() != '[')
        {
            return _skim.Skip() || CutOff();
        }

        if (name == "metrics")
        {
            return ReadMetrics();
        }

        return ReadArray(name == "workouts" ? SectionKind.Workouts : SectionKind.PassedOver, name, out FileSection? section) & Add(section);
    }

    private bool ReadMetrics()
    {
        _skim.TryPass('[');
        while (!_skim.TryPass(']'))
        {
            if (!_skim.TryPass('{'))
            {
                return AddDamage();
            }

            if (!ReadMetric())
            {
                return false;
            }

            _skim.TryPass(',');
        }

        return true;
    }

    private bool ReadMetric()
    {
        string? name = null;
        string units = "";
        List<FileSection> found = [];
        bool isWhole = ReadObject(member =>
        {
            switch (member)
            {
                case "name" when _skim.Peek() == '"':
                    name = _skim.ReadText();
                    return name is not null || AddDamage();
                case "units" when _skim.Peek() == '"':
                    units = _skim.ReadText() ?? "";
                    return true;
                case "data" when _skim.Peek() == '[':
                    bool isRead = ReadArray(SectionKind.Points, "", out FileSection? section);
                    found.AddRange(section is null ? [] : [section]);
                    return isRead;
                default:
                    return _skim.Skip() || CutOff();
            }
        });
        if (found.Count == 0)
        {
            return isWhole;
        }

        if (!_metrics.TryGetValue((name, units), out PointMetric? metric))
        {
            _metrics.Add((name, units), metric = MetricNames.Find(name, units));
        }

        // Damage after the points is already in the list.
        FileSection? damage = !isWhole && _sections is [.., { Kind: SectionKind.Damaged } last] ? last : null;
        if (damage is not null)
        {
            _sections.RemoveAt(_sections.Count - 1);
        }

        foreach (FileSection section in found)
        {
            isWhole &= Add(section with
            {
                Kind = metric.Kind == PointKind.Unread ? SectionKind.PassedOver : SectionKind.Points,
                Name = metric.Name,
                Metric = metric,
            });
        }

        _sections.AddRange(damage is null ? [] : [damage]);
        return isWhole;
    }

    /// <summary>Reads an array at the cursor; false when the file ends in it.</summary>
    private bool ReadArray(SectionKind kind, string name, out FileSection? section)
    {
        section = null;
        long bracket = _skim.Position;
        _skim.Position++;
        int first = _skim.Peek();
        long start = _skim.Position;
        if (first == ']')
        {
            _skim.Position++;
            return true;
        }

        if (first >= 0)
        {
            Marks.Add(start);
        }

        _skim.Position = bracket;
        bool isClosed = _skim.Skip(kind == SectionKind.PassedOver ? null : Marks);
        if (first >= 0)
        {
            section = new FileSection(kind, start, isClosed ? _skim.Position - 1 : _skim.Position, name, _skim.Elements, null, _skim.HasBar);
        }

        return isClosed || CutOff();
    }

    private bool Add(FileSection? section)
    {
        if (section is null)
        {
            return true;
        }

        if (_sections.Count == MaxSections)
        {
            Unread = [new UnreadFile(_file.Path, $"the arrays from byte {section.Start} on are more than {MaxSections}", IsExpected: true)];
            return false;
        }

        _sections.Add(section);
        return true;
    }

    private bool CutOff()
    {
        IsCutOff = true;
        return false;
    }

    /// <summary>Adds the rest of the file as damaged, unless the file just ends too early; returns false.</summary>
    private bool AddDamage()
    {
        if (_skim.IsAtEnd())
        {
            return CutOff();
        }

        _skim.Peek();
        long start = _skim.Position;
        Marks.Add(start);
        _file.ReadToEnd();
        _sections.Add(new FileSection(SectionKind.Damaged, start, _file.Length, "", 1));
        return false;
    }
}
