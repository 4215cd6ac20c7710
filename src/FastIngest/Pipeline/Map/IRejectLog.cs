using FastIngest.Dialects.Contract;

namespace FastIngest.Pipeline.Map;

/// <summary>Receives the rejects of the map. Calls for the same part of a file never overlap and arrive in file order.</summary>
internal interface IRejectLog
{
    /// <summary>Adds a reject of a part of a file.</summary>
    void Add(FilePlan part, Reject reject);

    /// <summary>Adds the reject of a file that ends before its array or wrapper object is closed; false if it does not count as a record here.</summary>
    bool AddCutOff(FilePlan part);

    /// <summary>Says that no further reject of a part comes.</summary>
    void Close(FilePlan part);
}
