using FastIngest.Net;

namespace FastIngest.Sources;

/// <summary>A file on a server that sends parts of it. Its parts are read into memory that all files of a run share; nothing is mapped.</summary>
internal sealed class RemoteFile : SourceFile
{
    private readonly RangeCache _cache;
    private readonly RemoteObject _object;

    public RemoteFile(RangeCache cache, RemoteObject source)
        : base(source.DisplayName) => (_cache, _object) = (cache, source);

    public override long Length => _object.Length;

    public override long PackedLength => _object.Length;

    internal override bool IsDistant => true;

    internal override bool PrefersMap(int length) => false;

    /// <summary>The cache itself reads ahead.</summary>
    internal override void LoadFrom(long offset)
    {
    }

    internal override void Read(Span<byte> destination, long offset) => _cache.Read(_object, destination, offset);
}
