namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>
/// Chooses among the records with an id of the vendor, by the rule of <c>RepeatFilter</c>: of the records with one id the first counts, and of a total all
/// parts of the file with the largest sum, of equal files the first.
/// </summary>
/// <param name="records">The records, by <see cref="IdentityOrder"/>.</param>
internal sealed class IdentifiedRecords(RecordRun records)
{
    private readonly List<(int File, Int128 Sum, List<byte[]> Entries)> _files = [];

    /// <summary>Passes each record that counts to a function, as an entry.</summary>
    public void ForEach(Action<byte[]> receive)
    {
        bool hasNext = records.Next();
        while (hasNext)
        {
            byte[] first = records.Current.ToArray();
            RecordEntry id = new(first);
            _files.Clear();
            do
            {
                if (id.IsTotal)
                {
                    AddPart();
                }

                hasNext = records.Next();
            }
            while (hasNext && IdentityOrder.CompareIds(id, new RecordEntry(records.Current)) == 0);

            if (!id.IsTotal)
            {
                receive(first);
                continue;
            }

            // MaxBy takes the first of equal files.
            _files.MaxBy(f => f.Sum).Entries.ForEach(receive);
        }
    }

    private void AddPart()
    {
        RecordEntry part = new(records.Current);
        int file = part.File, index = _files.FindIndex(f => f.File == file);
        if (index < 0)
        {
            index = _files.Count;
            _files.Add((file, 0, []));
        }

        _files[index].Entries.Add(records.Current.ToArray());
        _files[index] = _files[index] with { Sum = _files[index].Sum + part.Total };
    }
}
