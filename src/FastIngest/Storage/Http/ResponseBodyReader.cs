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

    /// <summary>The most bytes of a body that is not JSON that are kept.</summary>
    private const int MaxTextBytes = 256;

    /// <summary>The longest body that is compared with the next one.</summary>
    private const int MaxRepeatedBytes = 256;

    /// <summary>The last body, if <see cref="_parser"/> still has its outcome.</summary>
    private readonly byte[] _last = new byte[MaxRepeatedBytes];
    private int _lastBytes;
    private IResponseParser? _parser;

    private readonly byte[] _text = new byte[MaxTextBytes];
    private int _textBytes;
    private bool _hasTokens;
    private byte[] _buffer = new byte[FirstBytes];
    private int _filled;
    private bool _isJson;
    private JsonReaderState _state;

    /// <summary>The beginning of the last body if it is not JSON; empty for JSON.</summary>
    public string Text => Encoding.UTF8.GetString(_text, 0, _textBytes);

    /// <summary>Whether the last body is a page for a browser.</summary>
    public bool IsHtml
    {
        get
        {
            string text = _textBytes == 0 ? "" : Text.TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
            return text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>
    /// Passes the tokens of a body to a parser, or the beginning of a body that is not JSON. If the body contains invalid JSON
    /// after some tokens, only these tokens are passed. Several JSON values may follow one another, as in NDJSON.
    /// </summary>
    /// <returns>The reason why the body could not be read; null when it was read to its end.</returns>
    public async ValueTask<string?> ReadAsync(Stream body, IResponseParser parser, CancellationToken cancellationToken)
    {
        int bytes = await body.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        if (IsLast(parser, bytes))
        {
            int more = await body.ReadAsync(_buffer.AsMemory(bytes), cancellationToken).ConfigureAwait(false);
            if (more == 0)
            {
                return null;
            }

            bytes += more;
        }

        int first = Begin(parser, bytes);
        for (long total = 0; ; bytes = await body.ReadAsync(_buffer.AsMemory(_filled), cancellationToken).ConfigureAwait(false))
        {
            total += bytes;
            _filled += bytes;
            if (bytes == 0 && total == 0)
            {
                return null;
            }

            Parse(parser, isLast: bytes == 0);
            if (bytes == 0)
            {
                if (_textBytes > 0)
                {
                    parser.AddText(Text);
                }

                _lastBytes = total == first ? first : 0;
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

    /// <summary>Whether the first bytes of a body are the whole last body.</summary>
    private bool IsLast(IResponseParser parser, int bytes) =>
        _lastBytes > 0 && ReferenceEquals(parser, _parser) && _buffer.AsSpan(0, bytes).SequenceEqual(_last.AsSpan(0, _lastBytes));

    /// <summary>Begins a body; returns the number of its first bytes if they are kept for a comparison.</summary>
    private int Begin(IResponseParser parser, int bytes)
    {
        parser.Reset();
        _filled = 0;
        _isJson = true;
        _state = new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true });
        _textBytes = 0;
        _hasTokens = false;
        _lastBytes = 0;
        if (bytes > MaxRepeatedBytes || !parser.IsRepeatable)
        {
            return 0;
        }

        _parser = parser;
        _buffer.AsSpan(0, bytes).CopyTo(_last);
        return bytes;
    }

    private void Parse(IResponseParser parser, bool isLast)
    {
        if (!_isJson)
        {
            KeepText();
            _filled = 0;
            return;
        }

        Utf8JsonReader reader = new(_buffer.AsSpan(0, _filled), isLast, _state);
        try
        {
            while (reader.Read())
            {
                _hasTokens = true;
                parser.Add(ref reader);
            }
        }
        catch (JsonException)
        {
            _isJson = false;
            KeepText();
            _filled = 0;
            return;
        }

        _state = reader.CurrentState;
        int consumed = (int)reader.BytesConsumed;
        _buffer.AsSpan(consumed, _filled - consumed).CopyTo(_buffer);
        _filled -= consumed;
    }

    private void KeepText()
    {
        if (!_hasTokens)
        {
            int bytes = Math.Min(_filled, MaxTextBytes - _textBytes);
            _buffer.AsSpan(0, bytes).CopyTo(_text.AsSpan(_textBytes));
            _textBytes += bytes;
        }
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
