using System.Text;

namespace FastIngest.Generate.Entries;

/// <summary>A language of the dictionary, with the syllables and sounds that its words consist of.</summary>
internal sealed class EntryLanguage
{
    /// <summary>The languages, with about their shares of the real lines of kaikki.org.</summary>
    private static readonly EntryLanguage[] All =
    [
        new("de", "German", 22, "ge be ver an auf schl stra ße hund wald ern ung heit lich kei müt tür öl grün haus tier fuchs herz fahr pfleg", "ˈ f u ː k s ʃ t ʁ a ə ŋ ɐ ɔ ʊ"),
        new("ja", "Japanese", 18, "か き く け こ さ し す た ち つ な に の は ま や ら り る を ん が き 楽 好 走 色 空 水 火 山 日 本 語 か\u3099 は\u309A", "k a s ɯ̟ ta̠ ɕ i no̞ ɾ ː ʲ"),
        new("en", "English", 14, "wain fal con part ic ip ate ex pan sive pen in su lar mag i cal glow er ing ness light water stone", "ˈ w e ɪ n f ɔ l k ə p ɑ ɹ t ɪ s"),
        new("el", "Greek", 9, "έρ χο μαι λό γος νε ρό θά λασ σα ά νθρω πος γη ου ρα νός σπί τι ε\u0301 ο\u0301", "ˈ e r x o m e l o ɣ s n"),
        new("la", "Latin", 8, "fa ma le go li li um us que rec tus do mus co gi to len te ā ē ī ō ū", "ˈ f a m a ɡ o d ʊ s ː"),
        new("fr", "French", 8, "man ger ar rive en cyclo pé die a va tar é cole forêt ça à où œu vre", "m ɑ̃ ʒ e a ʁ i v ɔ y"),
        new("ru", "Russian", 7, "по бе ле ть зим ний снег воз ник про сты нёй ше вчен ко вода́ до́ ий", "p ə bʲ ɪ ˈ l ʲ e tʲ n"),
        new("it", "Italian", 6, "cit tà per ché ac qua ca sa gio ven tù re gno fuo co", "ˈ tʃ i t a p e r k"),
        new("ko", "Korean", 4, "독 일 에 서 겉 겠 읽 다 한 국 어 물 불 산 \u1112\u1161\u11AB \u1100\u116E\u11A8", "t o k̚ i ɭ e sʰ ʌ"),
        new("es", "Spanish", 4, "ni ño a gua ca mi no cora zón ár bol ñu ú", "ˈ n i ɲ o a ɣ w"),
        new("cs", "Czech", 3, "ho ra vo da dům stro m říč ka že ší", "ˈ ɦ o r a v d ʊ"),
        new("sq", "Albanian", 3, "gju hë aku ll i k sh um fa re ç ë", "ˈ ɟ u h ə a k"),
        new("vi", "Vietnamese", 3, "Vie\u0323\u0302t Nam nước người đường trời đa\u0302\u0301t biển", "v iə t ˧ ˨ ʔ n a m"),
        new("hi", "Hindi", 3, "शब्द जल हि न्दी भा षा दे श क\u093Cल\u093C म न", "ʃ ə b d̪ dʒ l ɦ ɪ n"),
        new("ar", "Arabic", 3, "كل مة ما ء كتا ب بيت شم س قا\u0653ن", "k a l i m aː ʔ b"),
        new("zh", "Chinese", 3, "水 火 山 人 大 小 中 國 文 學 天 地 日 月 狸 兼 名", "ʂ w eɪ ˨ ˩ x u̯ ɔ"),
        new("fi", "Finnish", 2, "ve si tu li maa ilma yö työ hyvä älä", "ˈ ʋ e s i t u l"),
        new("he", "Hebrew", 2, "מִלָּה מַיִם אֵשׁ שָׁ מַ יִם אֶ רֶץ", "m i l a j ʃ e"),
        new("grc", "Ancient Greek", 2, "ἀγ ρός λό γος ἄν θρω πος ὕ δωρ α\u0313\u0301 ῥο ή", "a ɡ r ó s l h"),
        new("sa", "Sanskrit", 1, "अ ज्र अ व ता र ज ल पु नः", "ɐ dʑ r ɐ"),
    ];

    private static readonly EntryLanguage[] Shares = [.. All.SelectMany(l => Enumerable.Repeat(l, l._share))];

    private readonly int _share;
    private readonly byte[][] _syllables;
    private readonly byte[][] _sounds;

    private EntryLanguage(string code, string name, int share, string syllables, string sounds)
    {
        Code = Encoding.UTF8.GetBytes(code);
        Name = Encoding.UTF8.GetBytes(name);
        _share = share;
        _syllables = [.. syllables.Split(' ').Select(Encoding.UTF8.GetBytes)];
        _sounds = [.. sounds.Split(' ').Select(Encoding.UTF8.GetBytes)];
    }

    public byte[] Code { get; }

    public byte[] Name { get; }

    public static EntryLanguage Any(ref RandomSource random) => Shares[random.Below(Shares.Length)];

    public void PutWord(LineBuffer line, ref RandomSource random)
    {
        for (int i = random.Between(2, 4); i > 0; i--)
        {
            line.Put(_syllables[random.Below(_syllables.Length)]);
        }
    }

    public void PutSounds(LineBuffer line, ref RandomSource random)
    {
        for (int i = random.Between(3, 9); i > 0; i--)
        {
            line.Put(_sounds[random.Below(_sounds.Length)]);
        }
    }
}
