using System.Text.Json;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Weaviate;

/// <summary>Reads from the definition of a class the names of its properties and vectors, and which module makes the vectors.</summary>
internal sealed class ClassParser : IResponseParser
{
    private readonly List<string> _properties = [], _vectors = [], _vectorizers = [];
    private Place _place;
    private bool _isValue;

    /// <summary>The member of the class that the parser is in.</summary>
    private enum Place
    {
        Elsewhere,
        Properties,
        Vectorizer,
        VectorConfig,
    }

    /// <summary>The names of the properties.</summary>
    public IReadOnlyList<string> Properties => _properties;

    /// <summary>The names of the named vectors; empty in a class with one vector without a name.</summary>
    public IReadOnlyList<string> Vectors => _vectors;

    /// <summary>The modules that make vectors of objects; empty if objects must come with theirs.</summary>
    public IEnumerable<string> Vectorizers => _vectorizers.Where(v => v is not ("none" or ""));

    public ResponseKind Kind => ResponseKind.Ok;

    public string? Error => null;

    public void Reset()
    {
        _properties.Clear();
        _vectors.Clear();
        _vectorizers.Clear();
        _place = Place.Elsewhere;
        _isValue = false;
    }

    public void AddText(string text)
    {
    }

    // {                                      depth 0
    //   "vectorizer": "none",                depth 1
    //   "vectorConfig": {                    depth 1
    //     "default": {                       depth 2
    //       "vectorizer": {                  depth 3
    //         "text2vec-ollama": {…}         depth 4
    //   "properties": [                      depth 1
    //     {                                  depth 2
    //       "name": "text", …                depth 3
    public void Add(ref Utf8JsonReader token)
    {
        bool isName = token.TokenType == JsonTokenType.PropertyName;
        switch (token.CurrentDepth)
        {
            case 1 when isName:
                _place = token.ValueTextEquals("properties"u8) ? Place.Properties
                    : token.ValueTextEquals("vectorizer"u8) ? Place.Vectorizer
                    : token.ValueTextEquals("vectorConfig"u8) ? Place.VectorConfig : Place.Elsewhere;
                break;

            case 1 when _place == Place.Vectorizer && token.TokenType == JsonTokenType.String:
                _vectorizers.Add(token.GetString()!);
                break;

            case 2 when isName && _place == Place.VectorConfig:
                _vectors.Add(token.GetString()!);
                break;

            case 3 when isName:
                _isValue = _place switch
                {
                    Place.Properties => token.ValueTextEquals("name"u8),
                    Place.VectorConfig => token.ValueTextEquals("vectorizer"u8),
                    _ => false,
                };
                break;

            case 3 when _isValue && _place == Place.Properties && token.TokenType == JsonTokenType.String:
                _properties.Add(token.GetString()!);
                break;

            case 4 when isName && _isValue && _place == Place.VectorConfig:
                _vectorizers.Add(token.GetString()!);
                break;
        }
    }
}
