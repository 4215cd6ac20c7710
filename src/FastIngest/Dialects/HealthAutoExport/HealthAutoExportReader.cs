using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sources;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>
/// Reads the points and workouts of a file by its outline. A chunk goes from section to section; no element of one section is ever
/// read as an element of another, whatever is damaged.
/// </summary>
internal sealed class HealthAutoExportReader : ExportReader
{
    /// <summary>The number of records between two checks for cancellation.</summary>
    private const int CancellationInterval = 1024;

    /// <summary>The number of bytes of a damaged element that are searched at once.</summary>
    private const int PieceBytes = 256 * 1024;

    private readonly RecordFields _pointFields = new(PointLayout.Names), _workoutFields = new(WorkoutLayout.Names);
    private readonly ElementReader _points, _workouts;
    private readonly TextBuffer _scratch = new();
    private readonly FileWindow _gap = new();

    public HealthAutoExportReader(int maxRecordBytes)
    {
        _points = new ElementReader(Window, _pointFields, maxRecordBytes);
        _workouts = new ElementReader(Window, _workoutFields, maxRecordBytes);
    }

    /// <summary>Returns the first element of a chunk, which the outline knows.</summary>
    protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl)
    {
        long start = ((HealthAutoExportPlan)plan).Outline.Marks.Find(from);
        return start >= from && start < endExcl ? new FramePosition(start, FrameState.Wrapped) : null;
    }

    protected override FramePosition ReadRecords(FilePlan plan, FramePosition start, long endExcl, RecordReceiver records, CancellationToken cancellationToken)
    {
        FileOutline outline = ((HealthAutoExportPlan)plan).Outline;
        _gap.Attach(plan.File);
        _points.DiscardUnknown();
        _workouts.DiscardUnknown();
        long at = start.Offset;
        for (int i = outline.IndexAt(at); i < outline.Sections.Count && !cancellationToken.IsCancellationRequested; i++)
        {
            FileSection section = outline.Sections[i];
            at = Math.Max(at, section.Start);
            if (at >= endExcl)
            {
                return End(at);
            }

            switch (section.Kind)
            {
                case SectionKind.PassedOver:
                    records.PassOver(System.Text.Encoding.UTF8.GetBytes(section.Name), Math.Max(section.Count, 1));
                    break;
                case SectionKind.Damaged:
                    records.Reject(section.Start, section.EndExcl - section.Start, RejectReason.InvalidJson);
                    break;
                default:
                    at = ReadSection(section, at, endExcl, records, cancellationToken);
                    if (at < section.EndExcl)
                    {
                        return End(at);
                    }

                    break;
            }

            at = section.EndExcl;
        }

        FramePosition End(long offset)
        {
            _points.TakeUnknown(records.UnknownOf(Category.Samples));
            _workouts.TakeUnknown(records.UnknownOf(Category.Workouts));
            _gap.Release();
            return new FramePosition(offset, FrameState.Wrapped);
        }

        return End(at) with { State = FrameState.Done };
    }

    /// <summary>Reads the elements of a section that start in a range; returns the offset of the first one after it, or the end of the section.</summary>
    private long ReadSection(FileSection section, long from, long endExcl, RecordReceiver records, CancellationToken cancellationToken)
    {
        ElementReader elements = section.Kind == SectionKind.Points ? _points : _workouts;
        elements.Start(new FramePosition(from, FrameState.Wrapped), Math.Min(endExcl, section.EndExcl));
        long end = from;
        for (int count = 1; elements.Next(); count++)
        {
            if (count % CancellationInterval == 0 && cancellationToken.IsCancellationRequested)
            {
                break;
            }

            long offset = elements.ElementOffset, length = elements.ElementLength;
            if (HasBracket(end, offset) || offset + length > section.EndExcl)
            {
                return RejectRest(section, offset, records);
            }

            end = offset + length;
            if (JsonElements.ReasonOf(elements.Status) is not { } reason)
            {
                _scratch.Clear();
                JsonRecord record = new(elements.Element, section.Kind == SectionKind.Points ? _pointFields : _workoutFields, offset, _scratch);
                if (section.Kind == SectionKind.Points)
                {
                    PointLayout.Read(record, section, records);
                }
                else
                {
                    WorkoutLayout.Read(record, records);
                }

                records.EndRecord();
                elements.Accept(1, records.UnknownOf(section.Kind == SectionKind.Points ? Category.Samples : Category.Workouts));
                continue;
            }

            if (elements.Status != ReadStatus.InvalidText && HasBracket(offset, end))
            {
                return RejectRest(section, offset, records);
            }

            records.Reject(offset, length, reason);
        }

        long next = elements.Position.Offset;
        if (next >= section.EndExcl)
        {
            return section.EndExcl;
        }

        return next < endExcl || HasBracket(end, next) ? RejectRest(section, next, records) : next;
    }

    /// <summary>
    /// Rejects the rest of a section as one record. Behind a closing bracket in it lie the elements of another section, because damage hides
    /// where the section ends; they would be read as something that they are not.
    /// </summary>
    private static long RejectRest(FileSection section, long from, RecordReceiver records)
    {
        if (section.EndExcl > from)
        {
            records.Reject(from, section.EndExcl - from, RejectReason.InvalidJson);
        }

        return section.EndExcl;
    }

    /// <summary>Whether a closing bracket of an array lies in a range of the file.</summary>
    private bool HasBracket(long from, long endExcl)
    {
        if (from >= Window.Offset && endExcl <= Window.Offset + Window.Length)
        {
            return endExcl > from && Window.Bytes[(int)(from - Window.Offset)..(int)(endExcl - Window.Offset)].Contains((byte)']');
        }

        for (; from < endExcl; from += PieceBytes)
        {
            _gap.MoveTo(from, Math.Min(PieceBytes, endExcl - from));
            if (_gap.Bytes.Contains((byte)']'))
            {
                return true;
            }
        }

        return false;
    }
}
