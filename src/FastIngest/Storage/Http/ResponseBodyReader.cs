using System.Text;
using System.Text.Json;

namespace FastIngest.Storage.Http;

/// <summary>
/// Reads response bodies, one after another, through a bounded buffer. A JSON body is parsed token by token; any other body
/// is read to its end and ignored. A body that exceeds the size limit is abandoned.
/// </summary>
internal sealed class ResponseBodyReader
{
    private const int FirstBytes = 4 << 10;

    /// <summary>The maximum length of a token, such as a string or a number.</summary>
    private const int MaxTokenBytes = 256 << 10;

    private const long MaxBytes = 64L << 20;
    private const int ExcerptBytes = 1024;

    private byte[] _buffer = new byte[FirstBytes];
    private int _filled;
    private bool _isJson;
    private JsonReaderState _state;

    /// <summary>Passes the tokens of a body to a parser. If the body contains invalid JSON, only the tokens before it are passed.</summary>
    /// <returns>The reason why the body could not be read; null when it was read to its end.</returns>
    public async ValueTask<string?> ReadAsync(Stream body, IResponseParser parser, CancellationToken cancellationToken)
    {
        parser.Reset();
        _filled = 0;
        _isJson = true;
        _state = default;
        long total = 0;
        while (true)
        {
            int bytes = await body.ReadAsync(_buffer.AsMemory(_filled), cancellationToken).ConfigureAwait(false);
            total += bytes;
            _filled += bytes;
            if (bytes == 0 && total == 0)
            {
                return null;
            }

            Parse(parser, isLast: bytes == 0);
            if (bytes == 0)
            {
                return null;
            }

            if (total > MaxBytes || (_filled == _buffer.Length && !TryGrow()))
            {
                return "a response that is too long";
            }
        }
    }

    /// <summary>Reads the beginning of a body, for error messages.</summary>
    public async ValueTask<string> ReadExcerptAsync(Stream body, CancellationToken cancellationToken)
    {
        int bytes = await body.ReadAtLeastAsync(_buffer.AsMemory(0, ExcerptBytes), ExcerptBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(_buffer, 0, bytes);
    }

    private void Parse(IResponseParser parser, bool isLast)
    {
        if (!_isJson)
        {
            _filled = 0;
            return;
        }

        Utf8JsonReader reader = new(_buffer.AsSpan(0, _filled), isLast, _state);
        try
        {
            while (reader.Read())
            {
                parser.Add(ref reader);
            }
        }
        catch (JsonException)
        {
            _isJson = false;
            _filled = 0;
            return;
        }

        _state = reader.CurrentState;
        int consumed = (int)reader.BytesConsumed;
        _buffer.AsSpan(consumed, _filled - consumed).CopyTo(_buffer);
        _filled -= consumed;
    }

    private bool TryGrow()
    {
        if (_buffer.Length >= MaxTokenBytes)
        {
            return false;
        }

        Array.Resize(ref _buffer, _buffer.Length * 4);
        return true;
    }
}
