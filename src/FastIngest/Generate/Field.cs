namespace FastIngest.Generate;

/// <summary>
/// A key of a record with the bytes before its value in each style, such as <c>,\n    "value": </c>. The bytes of the
/// first field of a record include the opening brace.
/// </summary>
internal sealed class Field
{
    private readonly byte[][] _literals;

    private Field(string name, bool first) =>
        _literals = Array.ConvertAll(
            Enum.GetValues<GeneratorStyle>(),
            style =>
            {
                StyleText text = StyleText.Of(style);
                byte[] key = JsonText.Quote(name);
                return first ? [(byte)'{', .. text.FirstField, .. key, .. text.Colon] : (byte[])[.. text.NextField, .. key, .. text.Colon];
            });

    public static Field First(string name) => new(name, first: true);

    public static Field Named(string name) => new(name, first: false);

    public ReadOnlySpan<byte> Literal(GeneratorStyle style) => _literals[(int)style];
}
