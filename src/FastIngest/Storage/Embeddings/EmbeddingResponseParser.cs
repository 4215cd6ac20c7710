using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using FastIngest.Embedding;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Embeddings;

/// <summary>
/// Reads the vectors of a response and checks them: one for each text, in any order, each index once, all of one length, finite
/// numbers, and not zero, because a zero vector has no direction to compare.
/// <code>
/// {                                                        depth 0
///   "data": [                                              depth 1
///     {                                                    depth 2
///       "index": 0,                                        depth 3
///       "embedding": [0.1, -0.2, …] or "zczMPc3MTL4…"      depth 3, the numbers 4; base64 of float32, little-endian
///   "model": "…",                                          depth 1
/// </code>
/// </summary>
internal sealed class EmbeddingResponseParser : IResponseParser
{
    private readonly List<float> _numbers = [];
    private ReadOnlyMemory<float>[] _vectors = [];
    private Place _place;
    private int _found, _index;
    private bool _hasNumbers, _isComplete;
    private string? _fault, _itemFault, _error;

    /// <summary>The property that the parser is in.</summary>
    private enum Place
    {
        Elsewhere,
        Data,
        Index,
        Vector,
        Model,
        Error,
    }

    /// <summary>The model that responses must name; null accepts any.</summary>
    public EmbeddingModel? Expected { get; set; }

    /// <summary>The model that the response names; empty without one.</summary>
    public string Model { get; private set; } = "";

    /// <summary>The vectors in the order of the texts; valid until <see cref="Expect"/> if <see cref="Kind"/> is <see cref="ResponseKind.Ok"/>.</summary>
    public ReadOnlySpan<ReadOnlyMemory<float>> Vectors => _vectors;

    /// <summary>
    /// A response of another model ends the run, because a server never goes back. Any other fault may come from one text of the
    /// batch, such as a number that is not finite.
    /// </summary>
    public ResponseKind Kind => OtherModel() is not null ? ResponseKind.Mismatched : Fault() is not null ? ResponseKind.TargetRejected : ResponseKind.Ok;

    public string? Error => OtherModel() ?? Fault();

    /// <summary>Prepares the parser for a response with a number of vectors.</summary>
    public void Expect(int texts) => _vectors = new ReadOnlyMemory<float>[texts];

    public void Reset()
    {
        Array.Clear(_vectors);
        _place = Place.Elsewhere;
        _found = 0;
        _isComplete = false;
        _fault = _error = null;
        Model = "";
    }

    public void AddText(string text) => _fault ??= $"a response that is not JSON: '{text.Trim()}'";

    public void Add(ref Utf8JsonReader token)
    {
        switch (token.CurrentDepth)
        {
            case 0:
                _fault ??= _isComplete ? "a second JSON value in the response" : null;
                _isComplete = token.TokenType == JsonTokenType.EndObject;
                break;

            case 1:
                AddOfResponse(ref token);
                break;

            case 2 when _place is Place.Data && token.TokenType == JsonTokenType.StartObject:
                (_index, _hasNumbers, _itemFault) = (-1, false, null);
                _numbers.Clear();
                break;

            case 2 when token.TokenType == JsonTokenType.EndObject && _place is not (Place.Elsewhere or Place.Error):
                AddVector();
                _place = Place.Data;
                break;

            case 2 when _place == Place.Error && token.TokenType == JsonTokenType.String:
                _error ??= token.GetString();
                break;

            case 3 when _place is not (Place.Elsewhere or Place.Error):
                AddOfVector(ref token);
                break;

            case 4 when _place == Place.Vector:
                AddNumber(ref token);
                break;
        }
    }

    private void AddOfResponse(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.PropertyName)
        {
            _place = token.ValueTextEquals("data"u8) ? Place.Data : token.ValueTextEquals("model"u8) ? Place.Model : token.ValueTextEquals("error"u8) ? Place.Error : Place.Elsewhere;
        }
        else if (token.TokenType == JsonTokenType.String && _place is Place.Model or Place.Error)
        {
            string text = token.GetString()!;
            (Model, _error) = _place == Place.Model ? (text, _error) : (Model, text);
        }
    }

    private void AddOfVector(ref Utf8JsonReader token)
    {
        switch (token.TokenType)
        {
            case JsonTokenType.PropertyName:
                _place = token.ValueTextEquals("index"u8) ? Place.Index : token.ValueTextEquals("embedding"u8) ? Place.Vector : Place.Data;
                break;

            case JsonTokenType.Number when _place == Place.Index:
                _index = token.TryGetInt32(out int index) ? index : -1;
                break;

            case JsonTokenType.String when _place == Place.Vector:
                AddBase64(ref token);
                break;

            case JsonTokenType.StartArray when _place == Place.Vector:
                _hasNumbers = true;
                break;
        }
    }

    private void AddBase64(ref Utf8JsonReader token)
    {
        byte[] bytes = new byte[token.ValueSpan.Length];
        int length = token.CopyString(bytes);
        _hasNumbers = Base64.DecodeFromUtf8InPlace(bytes.AsSpan(0, length), out int decoded) == System.Buffers.OperationStatus.Done && decoded % sizeof(float) == 0;
        _itemFault ??= _hasNumbers ? null : "a vector that is not base64 of float32 numbers";
        if (_hasNumbers)
        {
            // Little-endian, and so is every supported machine.
            _numbers.AddRange(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, decoded)));
        }
    }

    private void AddNumber(ref Utf8JsonReader token)
    {
        if (token.TokenType == JsonTokenType.Number && token.TryGetSingle(out float number))
        {
            if (_numbers.Count <= EmbeddingModel.MaxDimensions)
            {
                _numbers.Add(number);
            }
        }
        else
        {
            _itemFault ??= "a vector with something that is not a number";
        }
    }

    private void AddVector()
    {
        string? fault =
            _itemFault is not null ? _itemFault
            : !_hasNumbers ? "an item without a vector"
            : _index < 0 || _index >= _vectors.Length ? $"a vector without an index of the {_vectors.Length} texts"
            : !_vectors[_index].IsEmpty ? $"two vectors with the index {_index}"
            : _numbers.Count is 0 or > EmbeddingModel.MaxDimensions ? $"a vector that does not have 1 to {EmbeddingModel.MaxDimensions} numbers"
            : FaultOf(CollectionsMarshal.AsSpan(_numbers));
        if (fault is null)
        {
            _vectors[_index] = _numbers.ToArray();
            _found++;
        }

        _fault ??= fault;
    }

    private static string? FaultOf(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (float number in vector)
        {
            squares += (double)number * number;
        }

        return !double.IsFinite(squares) ? "a vector with a number that is not finite" : squares == 0 ? "a vector of zeros" : null;
    }

    private string? Fault() =>
        _error is not null ? $"an error in the response: {_error}"
        : _fault ?? (!_isComplete ? "a response that is no complete JSON object" : _found < _vectors.Length ? $"{_found} vectors for {_vectors.Length} texts" : null);

    /// <summary>Says that the response is of another model than <see cref="Expected"/>; null when it is not.</summary>
    private string? OtherModel()
    {
        if (!_isComplete)
        {
            return null;
        }

        int dimensions = 0;
        foreach (ReadOnlyMemory<float> vector in _vectors)
        {
            if (!vector.IsEmpty && dimensions > 0 && vector.Length != dimensions)
            {
                return $"vectors of {dimensions} and of {vector.Length} numbers in one response";
            }

            dimensions = vector.IsEmpty ? dimensions : vector.Length;
        }

        return Expected is null || dimensions == 0 ? null
            : Model != Expected.Served ? $"a vector of the model '{Model}' instead of '{Expected.Served}': the server has changed its model"
            : dimensions != Expected.Dimensions ? $"a vector of {dimensions} numbers instead of {Expected.Dimensions}: the server has changed its model"
            : null;
    }
}
